/**
 * What the names of curves say: which curves are of one quantity, and belong on one chart. `train/acc` and `val/acc` do,
 * `trainAcc` and `valAcc`, `loss` and `val_loss`.
 */

/** On which data a quantity was taken. */
export type Split = "train" | "val" | "test";

const splits: ReadonlyMap<string, Split> = new Map([
  ["train", "train"],
  ["training", "train"],
  ["val", "val"],
  ["valid", "val"],
  ["validation", "val"],
  ["eval", "val"],
  ["test", "test"],
]);

export interface CurveName {
  /** The quantity, without the data that it was taken on: the same for all curves that differ in nothing else. */
  readonly quantity: string;
  /** The same as the program spells it: `Acc` of `trainAcc`. */
  readonly spelling: string;
  readonly split?: Split;
}

/** Words of a name: parts between other characters than letters and digits, and humps. */
const word = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|\p{L}+/gu;

/** A name that says more than once what it was taken on compares these, and is a quantity of its own. */
export function readCurveName(name: string): CurveName {
  const words = [...name.matchAll(word)];
  const [found, another] = words.filter(([text], i) => splits.has(text.toLowerCase()) && !isNumbered(words[i]!, words[i + 1]));
  if (!found || another) return { quantity: name, spelling: name };
  return {
    quantity: spoken(words.filter((one) => one !== found)),
    spelling: without(name, found.index, found.index + found[0].length),
    split: splits.get(found[0].toLowerCase())!,
  };
}

/** What a name that says no data says: `my acc` of `my_acc` and `myAcc`. */
export function plainQuantity(name: string): string {
  return spoken([...name.matchAll(word)]);
}

/** Whether it is what a training descends: `loss`, or of one of several models `loss/generator`. */
export function isTrainingLoss(name: string): boolean {
  return name === "loss" || name.startsWith("loss/");
}

/** `generator` of `loss/generator`. */
export function modelOfLoss(name: string): string | undefined {
  return name.startsWith("loss/") ? name.slice("loss/".length) : undefined;
}

/** Whether a program that logs this tells its validation loss itself. */
export function isValidationLoss(name: string): boolean {
  const { quantity, split } = readCurveName(name);
  return quantity === "loss" && split !== undefined && split !== "train";
}

function spoken(words: readonly RegExpExecArray[]): string {
  return words.map(([text]) => text.toLowerCase()).join(" ");
}

/** `test1` is not the `test` data. */
function isNumbered({ index, 0: text }: RegExpExecArray, next: RegExpExecArray | undefined): boolean {
  return next?.index === index + text.length && /^\p{N}/u.test(next[0]);
}

/** With the separator that joined what is left out to the rest. */
function without(name: string, from: number, to: number): string {
  const before = name.slice(0, from).replace(/[^\p{L}\p{N}]+$/u, "");
  const after = name.slice(to).replace(/^[)\]}]/, "");
  if (before !== "") return before + after;
  const rest = after.replace(/^[^\p{L}\p{N}]+/u, "");
  const isHump = /^\p{Ll}/u.test(name) && rest === after && /^\p{Lu}\p{Ll}/u.test(rest);
  return isHump ? rest[0]!.toLowerCase() + rest.slice(1) : rest;
}
