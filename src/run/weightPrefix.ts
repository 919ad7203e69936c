/** What stands before all names of one side: `module.` of DataParallel, `transformer.`, `backbone.` of a model that has another. Pure. */
import type { WeightTensor } from "../protocol/index.ts";

/** Names in the file begin with `strip` where those in the model begin with `add`; one of both is empty. */
export interface Prefix {
  readonly strip: string;
  readonly add: string;
}

/**
 * The one by which most tensors find each other; none where names are the same as they are.
 * @param fits whether one can be the other, of its own name
 */
export function likelyPrefix(
  before: readonly WeightTensor[],
  now: readonly WeightTensor[],
  fits: (before: WeightTensor, now: WeightTensor) => boolean,
): Prefix {
  const counts = new Map<string, { readonly prefix: Prefix; count: number }>();
  const count = (prefix: Prefix): void => {
    const key = `${prefix.strip}\n${prefix.add}`;
    const counted = counts.get(key) ?? { prefix, count: 0 };
    counted.count++;
    counts.set(key, counted);
  };
  for (const [old, rest, strip] of withEnds(before, now)) if (fits(old, rest)) count({ strip, add: "" });
  for (const [tensor, rest, add] of withEnds(now, before)) if (add !== "" && fits(rest, tensor)) count({ strip: "", add });
  const [best] = [...counts.values()].sort((a, b) => b.count - a.count);
  return best?.prefix ?? { strip: "", add: "" };
}

/** Pairs of which the first one's name ends with the other's, with what stands before that. */
function* withEnds(long: readonly WeightTensor[], short: readonly WeightTensor[]): Iterable<readonly [WeightTensor, WeightTensor, string]> {
  const byPath = new Map(short.map((tensor) => [tensor.path, tensor]));
  for (const tensor of long) {
    for (let start = 0; ;) {
      const end = byPath.get(tensor.path.slice(start));
      if (end) yield [tensor, end, tensor.path.slice(0, start)];
      const dot = tensor.path.indexOf(".", start);
      if (dot < 0) break;
      start = dot + 1;
    }
  }
}

/** The name that a tensor of the model has in the file. */
export function nameBefore({ strip, add }: Prefix, path: string): string | undefined {
  return path.startsWith(add) ? strip + path.slice(add.length) : undefined;
}
