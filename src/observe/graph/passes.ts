/** What was recorded, as passes: pruned, cut into what hangs together, and named by its structure. */
import type { AnyModule } from "../../engine/nn/module.ts";
import type { CalledModule, Pass, PassEdge, PassNode } from "../../protocol/index.ts";
import type { Draft } from "./draft.ts";
import { isView } from "./operationNames.ts";
import { shapesIn, type FailedDraft, type PassRecorder } from "./passRecorder.ts";

export interface PassFacts {
  /** The run's step. */
  readonly step: number;
  isOwn(module: AnyModule): boolean;
  placeOf(module: AnyModule): CalledModule | undefined;
}

/** The passes in what was recorded; data that two of them read doesn't make them one. */
export function passesOf(recorder: PassRecorder, facts: PassFacts): Pass[] {
  prune(recorder.top, facts, recorder.failure?.draft);
  const units = recorder.top.filter(({ kind }) => kind !== "input");
  return components(units, recorder.failure)
    .filter((component) => component.some(({ kind }) => kind === "call" || kind === "loss"))
    .map((component) => new PassWriter(facts).write(component, recorder.failure, recorder.isFull && component.includes(units.at(-1)!)));
}

/** Leaves out what nobody used: views, what the engine's layers compute besides, and what came from nowhere. */
function prune(drafts: Draft[], facts: PassFacts, failed: Draft | undefined): void {
  for (let i = drafts.length - 1; i >= 0; i--) {
    const draft = drafts[i]!;
    prune(draft.children, facts, failed);
    if (!isIdle(draft, facts) || draft === failed) continue;
    for (const { made } of draft.inputs) made.uses--;
    drafts.splice(i, 1);
  }
}

function isIdle(draft: Draft, facts: PassFacts): boolean {
  const { kind, name, parent, inputs, isUsed, isResult, isRoot } = draft;
  if (isUsed || isResult || isRoot) return false;
  if (kind === "input" || kind === "constant") return true;
  if (kind !== "operation" || name === "") return false;
  return isView(name) || inputs.length === 0 || (parent?.module !== undefined && !facts.isOwn(parent.module));
}

/** Groups of drafts, each in their order, between which no tensor went. */
function components(units: readonly Draft[], failure: FailedDraft | undefined): Draft[][] {
  const leader = new Map<Draft, Draft>(units.map((unit) => [unit, unit]));
  const find = (unit: Draft): Draft => {
    let at = unit;
    while (leader.get(at) !== at) at = leader.get(at)!;
    leader.set(unit, at);
    return at;
  };
  for (const unit of units) {
    for (const source of sourcesOf(unit)) if (leader.has(source)) leader.set(find(source), find(unit));
  }
  // An operation that failed over shapes that nobody made belongs to what ran before it.
  const failed = failure && units.find((unit) => unit === failure.draft);
  const before = failed && units.findLast(({ kind }) => kind === "call");
  if (failed && before) leader.set(find(failed), find(before));
  const groups = new Map<Draft, Draft[]>();
  for (const unit of units) {
    const key = find(unit);
    const group = groups.get(key);
    if (group) group.push(unit);
    else groups.set(key, [unit]);
  }
  return [...groups.values()];
}

/** The drafts at the top whose tensors go into a draft. */
function sourcesOf({ inputs, children }: Draft): Draft[] {
  return [...inputs.map(({ made }) => topOf(made.draft)), ...children.flatMap(sourcesOf)];
}

function topOf(draft: Draft): Draft {
  let at = draft;
  while (at.parent) at = at.parent;
  return at;
}

class PassWriter {
  readonly #facts: PassFacts;
  readonly #nodes: PassNode[] = [];
  readonly #edges: PassEdge[] = [];
  readonly #indices = new Map<Draft, number>();

  constructor(facts: PassFacts) {
    this.#facts = facts;
  }

  write(component: readonly Draft[], failure: FailedDraft | undefined, isCut: boolean): Pass {
    for (const unit of component) this.#add(unit, null);
    for (const draft of [...this.#indices.keys()]) this.#connect(draft);
    for (const unit of component) if (unit.kind === "call") this.#addOutputs(unit);
    const [nodes, edges] = [this.#nodes, this.#edges];
    const kind = component.some(hasRoot) ? "training" : component.some(({ isEvaluation }) => isEvaluation) ? "evaluation" : "forward";
    const node = failure && this.#indices.get(failure.draft);
    return {
      id: structureOf(kind, nodes, edges, node),
      kind,
      step: this.#facts.step,
      nodes,
      edges,
      ...(failure && node !== undefined ? { failure: { node, message: messageOf(failure.error), shapes: shapesIn(failure.error) } } : {}),
      ...(isCut ? { isCut: true } : {}),
    };
  }

  #add(draft: Draft, parent: number | null): number {
    // Data stands before what reads it first.
    for (const { made } of draft.inputs) if (made.draft.kind === "input" && !this.#indices.has(made.draft)) this.#add(made.draft, null);
    if (draft.kind === "call") for (const child of draft.children) this.#addInputs(child);
    const { kind, name, module, state, position } = draft;
    const place = module && this.#facts.placeOf(module);
    const index = this.#nodes.length;
    this.#nodes.push({
      kind,
      name,
      parent,
      shapes: draft.outputs.map(({ shape }) => shape),
      ...(place ? { module: place } : {}),
      ...(state.length > 0 ? { state } : {}),
      ...(position ? { position } : {}),
    });
    this.#indices.set(draft, index);
    for (const child of draft.children) this.#add(child, index);
    return index;
  }

  #addInputs(draft: Draft): void {
    for (const { made } of draft.inputs) if (made.draft.kind === "input" && !this.#indices.has(made.draft)) this.#add(made.draft, null);
    for (const child of draft.children) this.#addInputs(child);
  }

  #connect(draft: Draft): void {
    const to = this.#indices.get(draft)!;
    const seen = new Set<string>();
    for (const { made, isDetached } of draft.inputs) {
      const from = this.#indices.get(made.draft);
      const key = `${from}:${made.shape.join()}`;
      if (from === undefined || seen.has(key)) continue;
      seen.add(key);
      this.#edges.push({ from, to, shape: made.shape, dtype: made.dtype, ...(isDetached ? { detached: true } : {}) });
    }
  }

  /** What a call at the top gave and nobody used. */
  #addOutputs(call: Draft): void {
    for (const { draft, shape, dtype, uses } of call.outputs) {
      const from = this.#indices.get(draft);
      if (uses > 0 || from === undefined) continue;
      this.#edges.push({ from, to: this.#nodes.length, shape, dtype });
      this.#nodes.push({ kind: "output", name: "output", parent: null, shapes: [shape] });
    }
  }
}

function hasRoot({ isRoot, children }: Draft): boolean {
  return isRoot || children.some(hasRoot);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A name for all that two passes have in common if they differ in shapes and lines alone. */
function structureOf(kind: Pass["kind"], nodes: readonly PassNode[], edges: readonly PassEdge[], failed: number | undefined): string {
  const hash = new Hash();
  hash.add(`${kind} ${failed ?? ""}`);
  for (const { kind: sort, name, parent, module } of nodes) hash.add(`${sort} ${name} ${parent} ${module?.model} ${module?.id}`);
  for (const { from, to } of edges) hash.add(`${from} ${to}`);
  return hash.text;
}

/** Two FNV-1a hashes of 32 bits with different beginnings. */
class Hash {
  #a = 0x811c9dc5;
  #b = 0x01234567;

  add(text: string): void {
    for (let i = 0; i <= text.length; i++) {
      // The end of the text counts as a character.
      const code = i < text.length ? text.charCodeAt(i) : 0x10ffff;
      this.#a = Math.imul(this.#a ^ code, 0x01000193);
      this.#b = Math.imul(this.#b ^ code, 0x01000193);
    }
  }

  get text(): string {
    return `${(this.#a >>> 0).toString(36)}-${(this.#b >>> 0).toString(36)}`;
  }
}
