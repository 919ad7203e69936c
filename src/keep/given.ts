/** The values that took the place of constants in a kept run: to be given again, in the text of then or in one of now. Pure. */
import type { GivenConstant } from "../protocol/index.ts";
import type { RunInfo } from "./keptRun.ts";

/** None where it was given none. */
export function givenIn({ given = {}, givenAt = {} }: RunInfo): readonly GivenConstant[] {
  return Object.entries(given).flatMap(([name, value]) => (givenAt[name] ? [{ name, value, ...givenAt[name] }] : []));
}

/**
 * Where they stand in a text that has changed since: in the line that says what it said then.
 * @returns the name of one whose line is not there any more, where there is one
 */
export function givenInText(given: readonly GivenConstant[], then: string, now: string): readonly GivenConstant[] | { readonly gone: string } {
  const moved: GivenConstant[] = [];
  for (const one of given) {
    const start = placeIn(now, then, one.start);
    if (start === undefined) return { gone: one.name };
    moved.push({ ...one, start });
  }
  return moved;
}

/** Of several lines that are the same it is the one with as many before it. */
function placeIn(now: string, then: string, start: number): number | undefined {
  const begin = then.lastIndexOf("\n", start - 1) + 1;
  const line = lineAt(then, begin);
  const [before, after] = [beginningsOf(then, line), beginningsOf(now, line)];
  const found = before.length === after.length ? after[before.indexOf(begin)] : undefined;
  return found === undefined ? undefined : found + start - begin;
}

function beginningsOf(text: string, line: string): number[] {
  const found: number[] = [];
  for (let begin = 0; begin <= text.length; begin = begin + lineAt(text, begin).length + 1) if (lineAt(text, begin) === line) found.push(begin);
  return found;
}

function lineAt(text: string, begin: number): string {
  const end = text.indexOf("\n", begin);
  return text.slice(begin, end === -1 ? text.length : end);
}
