/** The module classes that the user's files declare, and what became of them in the run. */
import { realpathSync } from "node:fs";
import { Module } from "../engine/nn/module.ts";
import { countParameters } from "../observe/models/describeModel.ts";
import type { ModelRegistry } from "../observe/models/modelRegistry.ts";
import type { ModelClassInfo, SourcePosition } from "../protocol/index.ts";
import type { ClassDeclaration } from "./declarations.ts";

export class DeclaredClasses {
  readonly #declarations: readonly ClassDeclaration[];
  /** The opened file, without symbolic links. */
  readonly #file: string;
  /** By index of the declaration; one that was evaluated several times counts with its latest class. */
  readonly #constructors = new Map<number, Function>();
  readonly #indices = new WeakMap<Function, number>();
  /** What the bundled program's own text calls a class: esbuild may have had to rename it. */
  readonly #namesInProgram = new WeakMap<Function, string>();
  readonly #moduleNames = new Set<string>();

  /** @param file the one that was opened */
  constructor(declarations: readonly ClassDeclaration[], file: string) {
    this.#declarations = declarations;
    this.#file = realPath(file);
  }

  declare(constructor: Function, index: number): void {
    const declaration = this.#declarations[index];
    if (!declaration) return;
    const nameInProgram = constructor.name;
    restoreName(constructor, declaration.name);
    if (!isModuleClass(constructor)) return;
    this.#constructors.set(index, constructor);
    this.#indices.set(constructor, index);
    this.#namesInProgram.set(constructor, nameInProgram);
    this.#moduleNames.add(nameInProgram);
  }

  nameInProgram(constructor: Function): string {
    return this.#namesInProgram.get(constructor) ?? constructor.name;
  }

  isModuleClass(name: string): boolean {
    return this.#moduleNames.has(name);
  }

  /** Whether a class is the one of that declaration, or extends it. */
  isOf(constructor: Function, index: number): boolean {
    for (let at: unknown = constructor; typeof at === "function"; at = Object.getPrototypeOf(at)) if (this.#indices.get(at) === index) return true;
    return false;
  }

  declaredAt(constructor: Function): SourcePosition | undefined {
    const index = this.#indices.get(constructor);
    return index === undefined ? undefined : this.#declarations[index]?.position;
  }

  /**
   * Call when the program is over. Classes that it never built are tried, if the opened file declares them: of what it imports,
   * a file may leave out as much as it likes.
   */
  describe(registry: ModelRegistry): ModelClassInfo[] {
    return [...this.#constructors].flatMap(([index, constructor]) => {
      const { name, position } = this.#declarations[index]!;
      const built = registry.built(constructor);
      if (!built && realPath(position.file) !== this.#file) return [];
      return [{ name, declaredAt: position, status: built ?? this.#tryOut(constructor) }];
    });
  }

  #tryOut(constructor: Function): ModelClassInfo["status"] {
    const parameters = this.#requiredParameters(constructor);
    if (parameters.length > 0) return { kind: "needsArguments", parameters };
    try {
      const module = new (constructor as new () => Module)();
      return { kind: "tried", counts: countParameters(module) };
    } catch (error) {
      return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Names of the constructor's parameters that have no default. */
  #requiredParameters(constructor: Function): string[] {
    for (let at = constructor; at !== Module; at = Object.getPrototypeOf(at) as Function) {
      const index = this.#indices.get(at);
      if (index === undefined) {
        // A layer of the engine is called through a function that reads its arguments; its class is next in line.
        if (!isClassText(at)) continue;
        return inheritedParameters(at);
      }
      const { parameters } = this.#declarations[index]!;
      if (parameters) return parameters.filter(({ required }) => required).map(({ name }) => name);
    }
    return [];
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** esbuild calls a class that speaks of itself `_Net`; a static method `name` of the program's own stays. */
function restoreName(constructor: Function, name: string): void {
  const own = Object.getOwnPropertyDescriptor(constructor, "name");
  if (typeof own?.value === "string" && own.value !== name) Object.defineProperty(constructor, "name", { value: name, configurable: true });
}

function isModuleClass(constructor: Function): boolean {
  return typeof constructor === "function" && constructor.prototype instanceof Module;
}

function isClassText(constructor: Function): boolean {
  return Function.prototype.toString.call(constructor).startsWith("class");
}

/** Of a class that is not in the user's files, such as a layer of the engine. */
function inheritedParameters(constructor: Function): string[] {
  const list = /constructor\s*\(([^)]*)\)/.exec(Function.prototype.toString.call(constructor))?.[1] ?? "";
  return list
    .split(",")
    .slice(0, constructor.length)
    .map((parameter) => parameter.trim());
}
