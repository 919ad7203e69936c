/** Which calls of modules are under way, and which of them an error came out of first. */
import type { AnyModule } from "../../engine/nn/module.ts";

export interface FailedCall {
  readonly module: AnyModule;
  readonly inputs: readonly unknown[];
  /** The modules around it, from inside out. */
  readonly within: readonly AnyModule[];
}

export class OpenCalls {
  readonly #modules: AnyModule[] = [];
  readonly #inputs: (readonly unknown[])[] = [];
  readonly #failed = new WeakMap<object, FailedCall>();

  get innermost(): AnyModule | undefined {
    return this.#modules.at(-1);
  }

  get outermost(): AnyModule | undefined {
    return this.#modules[0];
  }

  starts(module: AnyModule, inputs: readonly unknown[]): void {
    this.#modules.push(module);
    this.#inputs.push(inputs);
  }

  ends(): void {
    this.#modules.pop();
    this.#inputs.pop();
  }

  /** Told innermost first. */
  fails(error: unknown): void {
    const module = this.#modules.pop();
    const inputs = this.#inputs.pop();
    if (!module || !inputs || typeof error !== "object" || error === null || this.#failed.has(error)) return;
    this.#failed.set(error, { module, inputs, within: this.#modules.toReversed() });
  }

  /** The innermost call that the error came out of. */
  failed(error: object): FailedCall | undefined {
    return this.#failed.get(error);
  }
}
