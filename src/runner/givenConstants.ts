/** Constants of a file that have other values in this run. Pure. */
import type { GivenConstant } from "../protocol/index.ts";

/** @returns the text with the values that are given, or why it can't have them */
export function withConstants(text: string, given: readonly GivenConstant[]): string | { readonly why: string } {
  const changed = given.find(({ start, was }) => text.slice(start, start + was.length) !== was);
  if (changed) return { why: `\`${changed.name}\` can't be given another value: the file was changed meanwhile. Train it again.` };
  // From the end on, so that places before stay where they are.
  return [...given].sort((a, b) => b.start - a.start).reduce((all, { start, was, value }) => all.slice(0, start) + value + all.slice(start + was.length), text);
}
