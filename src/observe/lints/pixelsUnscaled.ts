/** Pixels from 0 to 255 go right into a layer with weights, which are made for numbers around 0. */
import type { Tensor } from "../../engine/tensor.ts";
import type { Lint, LintContext } from "./lint.ts";

/** What weighs its input first. */
const weighing: ReadonlySet<string> = new Set(["ConvolutionBackward0", "AddmmBackward0", "MmBackward0"]);
/** A picture has at least so many numbers, and so many of them are in the brighter half. */
const fewestPixels = 64;
const fewestBright = 0.05;
/** So many of a batch's numbers are looked at, in so many calls. */
const mostLookedAt = 10_000;
const mostCalls = 5;

export class PixelsUnscaled implements Lint {
  readonly #context: LintContext;
  #calls = 0;

  constructor(context: LintContext) {
    this.#context = context;
  }

  ran({ name }: { readonly name: string }, inputs: readonly Tensor[], [output]: readonly Tensor[]): void {
    if (this.#calls >= mostCalls || !weighing.has(name) || !output?.requiresGrad) return;
    const input = inputs.find(({ requiresGrad, shape }) => !requiresGrad && shape.length >= 2);
    if (!input) return;
    this.#calls++;
    const perSample = input.numel() / input.shape[0]!;
    const position = perSample >= fewestPixels && isOfBytes(input) ? this.#context.here() : undefined;
    if (!position) return;
    const message =
      "What goes in here are whole numbers from 0 to 255, pixels as they lie in a file: the first outputs and gradients become a hundred times as large as the weights are made for. " +
      "Divide them by 255, and best take off the mean as well.";
    this.#context.tell("pixels-unscaled", { message, position });
  }
}

function isOfBytes(input: Tensor): boolean {
  const values = input.detach().flatten().slice(0, 0, mostLookedAt).toTypedArray();
  let bright = 0;
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0 || value > 255) return false;
    if (value > 127) bright++;
  }
  return bright >= fewestBright * values.length;
}
