/** A model in evaluation mode records a graph in each call, and no `backward()` ever goes through it: time and memory for nothing. */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { Node } from "../../engine/autograd/node.ts";
import type { SourcePosition } from "../../protocol/index.ts";
import type { ModelWatch } from "../measuring/modelWatch.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import type { Lint, LintContext } from "./lint.ts";

/** So many calls have to be for nothing; their graphs are kept until it is known. */
const callsForNothing = 2;

interface Calls {
  readonly nodes: readonly Node[];
  readonly position: SourcePosition;
}

export class NoGradMissing implements Lint {
  readonly #context: LintContext;
  readonly #calls = new Map<ModelWatch, Calls>();
  /** Models of which nothing more needs to be known. */
  readonly #isKnown = new WeakSet<ModelWatch>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  modelCalled(model: ModelWatch, _: readonly unknown[], output: unknown): void {
    if (!isGradEnabled() || model.model.modules[0]!.training || model.steps === 0 || this.#isKnown.has(model)) return;
    const calls = this.#calls.get(model);
    if (calls && calls.nodes.length >= callsForNothing) return;
    const node = tensorsOf(output).find(({ gradFn }) => gradFn)?.gradFn;
    const position = node && (calls?.position ?? this.#context.here());
    if (position) this.#calls.set(model, { nodes: [...(calls?.nodes ?? []), node], position });
  }

  afterBackward(): void {
    this.#judge();
  }

  finish(): void {
    this.#judge();
  }

  #judge(): void {
    for (const [model, { nodes, position }] of this.#calls) {
      const isUsed = nodes.some(({ visited }) => visited > 0);
      if (!isUsed && nodes.length < callsForNothing) continue;
      this.#isKnown.add(model);
      this.#calls.delete(model);
      if (!isUsed && this.#context.isTrained(model)) this.#tell(model, position);
    }
  }

  #tell({ model }: ModelWatch, position: SourcePosition): void {
    const name = model.info.isVariable ? `\`${model.info.name}\`` : "The model";
    const message =
      `${name} is evaluated here, and each call keeps all that a \`backward()\` would need, which never comes: that takes memory and time. ` +
      "Put the evaluation into `noGrad(() => { … })`.";
    this.#context.tell("no-grad-missing", { message, position });
  }
}
