/** BCELoss takes probabilities; what comes right from a layer has only happened to lie between 0 and 1 so far. */
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { Lint, LintContext } from "./lint.ts";
import { madeBy } from "./madeBy.ts";

/** What may give any number, or any positive one. */
const unbounded: ReadonlySet<string> = new Set([
  "AddmmBackward0",
  "MmBackward0",
  "BmmBackward0",
  "ConvolutionBackward0",
  "NativeBatchNormBackward0",
  "NativeLayerNormBackward0",
  "ReluBackward0",
  "LeakyReluBackward0",
  "EluBackward0",
  "GeluBackward0",
  "SiluBackward0",
  "TanhBackward0",
]);

export class BceUnbounded implements Lint {
  readonly #context: LintContext;

  constructor(context: LintContext) {
    this.#context = context;
  }

  loss({ name, input }: ComputedLoss): void {
    if (name !== "binaryCrossEntropy" || !unbounded.has(madeBy(input)?.name ?? "")) return;
    const position = this.#context.here();
    if (!position) return;
    const message =
      "BCELoss takes probabilities between 0 and 1, and nothing keeps these outputs there: they come from a layer without a sigmoid. " +
      "Use `nn.BCEWithLogitsLoss`, which takes any number, or put a sigmoid before.";
    this.#context.tell("bce-unbounded", { message, position });
  }
}
