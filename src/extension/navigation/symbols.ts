/** The modules of the models as symbols to search for: `net.layer1.conv`. Pure. */
import type { SourcePosition } from "../../protocol/index.ts";
import { fullPath, madeAt } from "../../run/modulePlaces.ts";
import type { FileRuns } from "../runs/fileRuns.ts";

export interface ModuleSymbol {
  readonly name: string;
  readonly type: string;
  readonly hasParts: boolean;
  readonly position: SourcePosition;
}

/** As many are handed out: whoever has more types on. */
const mostSymbols = 500;

/**
 * @param query letters that the name has in that order, whatever their case
 * @param now where a place of the text that a run read which began then is
 */
export function symbolsFor(
  all: readonly FileRuns[],
  query: string,
  now: (position: SourcePosition, since: number) => SourcePosition | undefined,
): readonly ModuleSymbol[] {
  const found: ModuleSymbol[] = [];
  for (const { structure } of all) {
    for (const model of structure?.models ?? []) {
      const parents = new Set(model.modules.map(({ parent }) => parent));
      for (const module of model.modules) {
        const name = fullPath({ model, module });
        const made = has(name, query) ? madeAt(module) : undefined;
        const position = made && now(made, structure!.at);
        if (position) found.push({ name, type: module.type, hasParts: parents.has(module.id), position });
        if (found.length >= mostSymbols) return found;
      }
    }
  }
  return found;
}

function has(name: string, query: string): boolean {
  const [text, letters] = [name.toLowerCase(), query.toLowerCase().replaceAll(/\s/g, "")];
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
