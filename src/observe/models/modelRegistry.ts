/** Finds the models of a run among all the modules that were constructed, and describes them. */
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import type { ModelClassInfo, SourcePosition } from "../../protocol/index.ts";
import { callerFrame, readConstruction, type Construction, type ProgramFrame } from "../program/construction.ts";
import type { ProgramSource } from "../program/programSource.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { countParameters, describeModel, type DescribedModel } from "./describeModel.ts";

/** A module that may be a model: not made by another module's constructor. */
interface Candidate {
  readonly module: Module;
  /** Order of construction. */
  readonly order: number;
  readonly construction: Construction;
}

/** A model of the run. */
export interface FoundModel extends DescribedModel {
  /** How many modules had been constructed before it. */
  readonly order: number;
}

/** As many modules from the same line are remembered; a program may construct them in a loop for ever. */
const rememberedPerLine = 8;

export class ModelRegistry {
  readonly #source: ProgramSource;
  readonly #constructions = new WeakMap<AnyModule, Construction>();
  readonly #candidates = new Map<string, Candidate[]>();
  readonly #inputShapes = new WeakMap<AnyModule, readonly (readonly number[])[]>();
  readonly #outputShapes = new WeakMap<AnyModule, readonly (readonly number[])[]>();
  /** Where each was called first. */
  readonly #calls = new WeakMap<AnyModule, ProgramFrame>();
  readonly #called = new WeakSet<AnyModule>();
  readonly #everHeld = new WeakSet<AnyModule>();
  /** The latest instance of each class of the user's. */
  readonly #instances = new Map<Function, { module: Module; count: number }>();
  /** Places where modules were made that were called. */
  readonly #worked = new Set<string>();
  #constructed = 0;

  constructor(source: ProgramSource) {
    this.#source = source;
  }

  /** Whether anything was constructed. */
  get isEmpty(): boolean {
    return this.#constructed === 0;
  }

  /** Number of modules that were constructed so far. */
  get count(): number {
    return this.#constructed;
  }

  /** @param below the caller, whose frames don't count */
  constructed(module: AnyModule, below: Function): void {
    const construction = readConstruction(module.constructor, this.#source, below);
    this.#constructions.set(module, construction);
    const order = this.#constructed++;
    this.#countInstance(module as unknown as Module);
    if (construction.isPart || construction.frames.length === 0) return;
    const { line, column } = construction.frames[0]!;
    const key = `${line}:${column}`;
    const sameLine = this.#candidates.get(key) ?? [];
    sameLine.push({ module: module as unknown as Module, order, construction });
    if (sameLine.length > rememberedPerLine) sameLine.shift();
    this.#candidates.set(key, sameLine);
  }

  /** Whether `called` has yet to hear of the module. */
  isNew(module: AnyModule): boolean {
    return !this.#called.has(module);
  }

  /**
   * A module is about to be called.
   * @param below the caller, whose frames don't count
   */
  callStarts(module: AnyModule, below: Function): void {
    if (!this.isNew(module) || this.#calls.has(module)) return;
    const frame = callerFrame(this.#source, below);
    if (frame) this.#calls.set(module, frame);
  }

  called(module: AnyModule, inputs: readonly unknown[], output: unknown): void {
    if (this.isNew(module)) {
      this.#called.add(module);
      this.#worked.add(this.#placeOf(module) ?? "");
      for (const child of (module as unknown as Module).children()) this.#everHeld.add(child);
    }
    this.#inputShapes.set(module, shapesOf(inputs));
    this.#outputShapes.set(module, shapesOf(output));
  }

  /**
   * The models as they are now, in order of construction.
   * @param usedAt how many modules had been constructed when a module was last used for training, if it ever was: of several
   *   that the same line constructed, the last is a model, and those that are used though there is a later one
   */
  describe(usedAt: (module: AnyModule) => number | undefined): FoundModel[] {
    return this.#roots(usedAt).map((root, id) => this.#described(root, id));
  }

  /** The models as they are now, with the one that has a module that is about to be called, though it may be none yet. */
  modelsWith(module: AnyModule): readonly FoundModel[] {
    const models = this.describe(() => undefined);
    const has = ({ modules }: { readonly modules: readonly Module[] }): boolean => (modules as readonly unknown[]).includes(module);
    if (models.some(has)) return models;
    const outermost = [...this.#candidates.values()]
      .flat()
      .map((candidate) => ({ candidate, modules: candidate.module.modules() }))
      .filter(has)
      .sort((a, b) => b.modules.length - a.modules.length)[0];
    return outermost ? [...models, this.#described(outermost.candidate, models.length)] : models;
  }

  #described({ module, construction, order }: Candidate, id: number): FoundModel {
    const variable = this.#variableOf(construction);
    const described = describeModel(module, id, variable?.name ?? module.constructor.name, variable !== undefined, {
      inputShapes: (part) => this.#inputShapes.get(part),
      outputShapes: (part) => this.#outputShapes.get(part),
      constructedAt: (part) => this.constructedAt(part),
      calledAt: (part) => this.#locate(this.#calls.get(part)),
      declaredAt: (constructor) => this.#source.declaredAt(constructor),
    });
    return { ...described, order };
  }

  /** Where the user's text made it. */
  constructedAt(module: AnyModule): SourcePosition | undefined {
    const frame = this.#constructions.get(module)?.frames[0];
    return frame && this.#source.locate(frame.line, frame.column);
  }

  /** Whether a module that was made there was ever called, and gave something. */
  hasWorked(module: AnyModule): boolean {
    const place = this.#placeOf(module);
    return place !== undefined && this.#worked.has(place);
  }

  /** What is known of a class of the user's that the run has built. */
  built(constructor: Function): Extract<ModelClassInfo["status"], { kind: "built" }> | undefined {
    const found = this.#instances.get(constructor);
    return found && { kind: "built", counts: countParameters(found.module), instances: found.count };
  }

  /** The variable that is given the module right where that is constructed. */
  variableOf(module: AnyModule): string | undefined {
    const place = this.constructedAt(module);
    return place && this.#source.variableAt(place)?.name;
  }

  /** Modules that no other's constructor made, the latest of each line: whatever models there are is among them. */
  get standalone(): readonly Module[] {
    return [...this.#candidates.values()].flat().map(({ module }) => module);
  }

  /** Of each class of the user's the latest module. */
  get latest(): readonly Module[] {
    return [...this.#instances.values()].map(({ module }) => module);
  }

  #placeOf(module: AnyModule): string | undefined {
    const frame = this.#constructions.get(module)?.frames[0];
    return frame && `${frame.line}:${frame.column}`;
  }

  #countInstance(module: Module): void {
    if (!this.#source.isModuleClass(this.#source.nameInProgram(module.constructor))) return;
    const known = this.#instances.get(module.constructor);
    this.#instances.set(module.constructor, { module, count: (known?.count ?? 0) + 1 });
  }

  #roots(usedAt: (module: AnyModule) => number | undefined): Candidate[] {
    const candidates = [...this.#candidates.values()].flat();
    for (const { module } of candidates) {
      for (const part of module.modules()) if (part !== module) this.#everHeld.add(part);
    }
    const held = new Set(candidates.flatMap(({ module }) => module.modules().slice(1)));
    const latestAt = new Map([...this.#candidates.values()].flatMap((sameLine) => sameLine.map((candidate) => [candidate, sameLine.at(-1)!] as const)));
    const isInUse = (candidate: Candidate): boolean => {
      const latest = latestAt.get(candidate)!;
      return latest === candidate || (usedAt(candidate.module) ?? -1) > latest.order;
    };
    const roots = candidates
      .filter(({ module }) => !held.has(module) && this.#isModel(module))
      .filter(isInUse)
      .filter(({ module, construction }) => this.#variableOf(construction) !== undefined || (this.#called.has(module) && !this.#everHeld.has(module)))
      .sort((a, b) => a.order - b.order);
    return roots.filter((root, index) => !roots.slice(index + 1).some((later) => this.#replaces(later, root)));
  }

  /** A lone activation or loss function is a module, but nothing to look at, unless the user wrote it. */
  #isModel(module: Module): boolean {
    const isOwn = this.#source.declaredAt(module.constructor) !== undefined;
    return isOwn || module.children().length > 0 || module.parameters().length > 0 || module.buffers().length > 0;
  }

  /** Whether `later` was assigned to the variable that held `earlier`. */
  #replaces(later: Candidate, earlier: Candidate): boolean {
    const to = this.#variableOf(later.construction);
    const from = this.#variableOf(earlier.construction);
    if (!to?.assigned || to.name !== from?.name) return false;
    return this.constructedAt(later.module)?.file === this.constructedAt(earlier.module)?.file;
  }

  #variableOf(construction: Construction): { readonly name: string; readonly assigned: boolean } | undefined {
    for (const { line, column } of construction.frames) {
      const position = this.#source.locate(line, column);
      const variable = position && this.#source.variableAt(position);
      if (variable) return variable;
    }
    return undefined;
  }

  #locate(frame: ProgramFrame | undefined): SourcePosition | undefined {
    return frame && this.#source.locate(frame.line, frame.column);
  }
}

function shapesOf(values: unknown): number[][] {
  return tensorsOf(values).map(({ shape }) => [...shape]);
}
