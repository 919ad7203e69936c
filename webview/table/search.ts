/** Which modules the words in the search box mean. Pure. */
import type { ModelInfo, ModuleInfo } from "../../src/protocol/index.ts";
import { trainableStatus } from "../../src/run/modules.ts";
import { stateWords, type Facts } from "./columns.ts";

/** In lower case. */
export function searchWords(typed: string): string[] {
  return typed.toLowerCase().split(/\s+/).filter(Boolean);
}

/** What can be searched for besides paths and types. */
const states = ["trainable", "frozen", "partly frozen", "not called", "eval", "shared with"] as const;

/** What a search box offers. */
export function suggestions({ modules }: ModelInfo): string[] {
  return [...new Set(modules.map(({ type }) => type)), ...states];
}

/** The modules in whose path, type or state each word stands; by their ids. */
export function matches(model: ModelInfo, words: readonly string[], facts: (module: ModuleInfo) => Facts): ReadonlySet<number> {
  const found = new Set<number>();
  const names = namesOf(model);
  for (const module of model.modules) {
    const missing = words.filter((word) => !names[module.id]!.includes(word));
    if (missing.length === 0 || isInState(module, missing, facts)) found.add(module.id);
  }
  return found;
}

function isInState(module: ModuleInfo, words: readonly string[], facts: (module: ModuleInfo) => Facts): boolean {
  const trainable = trainableStatus(module.counts) === "trainable" ? "trainable" : "";
  const text = [trainable, ...stateWords(facts(module))].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

const names = new WeakMap<ModelInfo, readonly string[]>();

/** What stays the same of a module, in lower case. */
function namesOf(model: ModelInfo): readonly string[] {
  let known = names.get(model);
  if (!known) {
    known = model.modules.map(({ name, path, type }) => `${name}\n${path}\n${type}`.toLowerCase());
    names.set(model, known);
  }
  return known;
}

/** A text in pieces, those that a word stands in marked. */
export function marked(text: string, words: readonly string[]): { readonly text: string; readonly isMarked: boolean }[] {
  const lower = text.toLowerCase();
  const isMarked = new Array<boolean>(text.length).fill(false);
  for (const word of words) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) isMarked.fill(true, at, at + word.length);
  }
  const pieces: { text: string; isMarked: boolean }[] = [];
  for (let i = 0; i < text.length; i++) {
    const last = pieces.at(-1);
    if (last?.isMarked === isMarked[i]) last!.text += text[i];
    else pieces.push({ text: text[i]!, isMarked: isMarked[i]! });
  }
  return pieces;
}
