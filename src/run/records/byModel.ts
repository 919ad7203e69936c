/** Lists by model, which are written as one. */
import { list, via, type Codec } from "../codec.ts";

/** What was told of models' steps, by model. */
export function byModel<T extends { readonly model: number }>(one: Codec<T>): Codec<ReadonlyMap<number, readonly T[]>> {
  return via<ReadonlyMap<number, readonly T[]>, readonly T[]>(
    list(one),
    (lists) => [...lists.values()].flat(),
    (all) => {
      const lists = new Map<number, T[]>();
      for (const each of all) {
        const own = lists.get(each.model);
        if (own) own.push(each);
        else lists.set(each.model, [each]);
      }
      return lists;
    },
  );
}
