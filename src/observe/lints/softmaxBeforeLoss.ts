/** A loss that applies softmax or sigmoid itself gets what has been through one, or one that wants its logarithm doesn't get that. */
import type { Node } from "../../engine/autograd/node.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Problem, SourcePosition } from "../../protocol/index.ts";
import type { LintId } from "../../run/lints.ts";
import type { Lint, LintContext } from "./lint.ts";
import { madeBy } from "./madeBy.ts";

interface Mistake {
  /** Unless it is that of a softmax before cross entropy. */
  readonly lint?: LintId;
  readonly what: string;
  readonly advice: string;
  /** Unless it is as severe as the lint. */
  readonly severity?: Problem["severity"];
}

const twice = "so what it learns from is far too even, and the loss can't come near 0";

/** By loss, and by what its input comes from. */
const mistakes: Readonly<Record<string, Readonly<Record<string, Mistake>>>> = {
  crossEntropy: {
    SoftmaxBackward0: {
      what: `Cross entropy applies softmax itself, and what it gets has been through one already: ${twice}.`,
      advice: "Give it the outputs before the softmax.",
    },
    LogSoftmaxBackward0: {
      what: "Cross entropy applies log softmax itself, and what it gets has been through one already: the second changes nothing.",
      advice: "Give it the outputs before the log softmax, or use `nn.NLLLoss`.",
      severity: "information",
    },
    SigmoidBackward0: {
      what: `Cross entropy applies softmax itself, and what it gets has been through a sigmoid: ${twice}.`,
      advice: "Give it the outputs before the sigmoid; where a sample may have several classes at once, use `nn.BCEWithLogitsLoss`.",
    },
  },
  binaryCrossEntropyWithLogits: {
    SigmoidBackward0: {
      what: `BCEWithLogitsLoss applies sigmoid itself, and what it gets has been through one already: ${twice}.`,
      advice: "Give it the outputs before the sigmoid, or use `nn.BCELoss`.",
    },
  },
  nllLoss: {
    SoftmaxBackward0: {
      lint: "nll-without-log",
      what: "NLLLoss wants log probabilities, and gets probabilities: its input comes from a softmax.",
      advice: "Use logSoftmax for softmax, or `nn.CrossEntropyLoss` on the outputs before it.",
    },
  },
};

const squashing: ReadonlySet<string> = new Set(["SoftmaxBackward0", "LogSoftmaxBackward0", "SigmoidBackward0"]);

export class SoftmaxBeforeLoss implements Lint {
  readonly #context: LintContext;
  /** Lines with losses of which it was told. */
  readonly #told = new Set<string>();
  /** Where the softmax of a node was called, or the layer made that is one. */
  readonly #places = new WeakMap<Node, SourcePosition>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  ran({ name }: { readonly name: string }, _: readonly Tensor[], [output]: readonly Tensor[]): void {
    const node = output?.gradFn;
    if (!node || !squashing.has(name)) return;
    const place = this.#context.origin();
    if (place) this.#places.set(node, place);
  }

  loss({ name, input }: ComputedLoss): void {
    const known = mistakes[name];
    const node = known && madeBy(input);
    const mistake = node && known[node.operation.name];
    const loss = mistake && this.#context.here();
    if (!loss || this.#told.has(`${loss.file}:${loss.line}`)) return;
    this.#told.add(`${loss.file}:${loss.line}`);
    const position = this.#places.get(node) ?? loss;
    const related = position === loss ? {} : { related: [{ message: "the loss gets it here", position: loss }] };
    this.#context.tell(
      mistake.lint ?? "softmax-before-cross-entropy",
      { message: `${mistake.what} ${mistake.advice}`, position, ...related },
      mistake.severity,
    );
  }
}
