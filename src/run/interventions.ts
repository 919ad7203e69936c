/** What a person changed in a run, in words. Pure. */
import type { Intervention, OptionValue, Place } from "../protocol/index.ts";
import { formatCount } from "./numbers.ts";
import type { RunSnapshot } from "./snapshot.ts";

/** Whether the run hears what it is told. */
export function isSteerable({ mode, state, onlyWatched }: Pick<RunSnapshot, "mode" | "state" | "onlyWatched">): boolean {
  return !onlyWatched && mode === "train" && (state === "running" || state === "paused");
}

/** `Froze fc1`, `lr 0.1 → 0.01`, `Undid: froze fc1` */
export function interventionText({ change, target, from, to, undoes }: Intervention): string {
  if (undoes === undefined) return doneText({ change, target, from, to });
  const undone = doneText({ change, target, from: to, to: from });
  return `Undid: ${undone[0]!.toLowerCase()}${undone.slice(1)}`;
}

function doneText({ change, target, from, to }: Pick<Intervention, "change" | "target" | "from" | "to">): string {
  switch (change.kind) {
    case "freeze":
      return `${change.frozen ? "Froze" : "Unfroze"} ${target}`;
    case "freezeOthers":
      return `Froze all but ${target}`;
    case "option":
    case "dropout":
      return `${target} ${optionText(from)} → ${optionText(to)}`;
  }
}

/** `0.9, 0.999` for a list; `several` where parts have different values. */
export function optionText(value: OptionValue | null): string {
  if (value === null) return "several";
  if (typeof value === "number") return numberText(value);
  return typeof value === "boolean" ? String(value) : value.map(numberText).join(", ");
}

/** As people write rates: `0.1`, `0.003`, `1e-7`. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** `before step 120`; within one `in step 120, before fc1 (Linear)` */
export function placeText({ step, module }: Place): string {
  if (!module) return `before step ${formatCount(step)}`;
  return `in step ${formatCount(step)}, before ${module.path === "" ? module.type : `${module.path} (${module.type})`}`;
}

/** Those that can still be undone: not undone since, or done again. */
export function isUndone(id: number, all: readonly Intervention[]): boolean {
  const last = all.findLast(({ undoes }) => undoes === id);
  return last !== undefined && !isUndone(last.id, all);
}

/** What is typed for an option of that kind; `undefined` where it is none: `0.9, 0.999` for a list of two. */
export function readOption(text: string, present: OptionValue): OptionValue | undefined {
  const words = text.trim();
  if (typeof present === "boolean") return words === "true" ? true : words === "false" ? false : undefined;
  if (typeof present === "number") return readNumber(words);
  const numbers = words.split(",").map((word) => readNumber(word.trim()));
  return numbers.length === present.length && numbers.every((one) => one !== undefined) ? (numbers as number[]) : undefined;
}

function readNumber(words: string): number | undefined {
  const value = Number(words.replace("−", "-"));
  return words !== "" && Number.isFinite(value) ? value : undefined;
}

/** As it is typed: all of its digits. */
export function writeOption(value: OptionValue): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}
