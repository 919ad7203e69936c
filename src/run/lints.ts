/** All lints: what is no error of the language and still is likely a mistake. Each has its page, `docs/lints/<id>.md`. */
import type { Problem, SourcePosition } from "../protocol/index.ts";

export interface Lint {
  /** What is wrong, in a few words. */
  readonly title: string;
  /** Unless the setting `kindling.lints` says otherwise. */
  readonly severity: Problem["severity"];
  /** Whether the text alone shows it, or a run has to. */
  readonly seenIn: readonly ("text" | "run")[];
}

const all = {
  "hidden-modules": { title: "Layers or parameters in a plain array, Map, Set or object", severity: "warning", seenIn: ["text", "run"] },
  "one-layer-repeated": { title: "One layer where several were meant", severity: "warning", seenIn: ["text"] },
  "linear-after-linear": { title: "Two linear layers with nothing between", severity: "information", seenIn: ["text"] },
  "layer-in-forward": { title: "A layer made anew in each forward pass", severity: "warning", seenIn: ["text"] },
  "dropout-always-on": { title: "Dropout that evaluation doesn't switch off", severity: "warning", seenIn: ["text"] },
  "super-missing": { title: "A module's constructor without super() first", severity: "error", seenIn: ["text"] },
  "unused-result": { title: "A tensor that is computed and thrown away", severity: "warning", seenIn: ["text"] },
  "not-called": { title: "A method that is named and not called", severity: "warning", seenIn: ["text"] },
  "tensors-compared": { title: "Two tensors compared by ===", severity: "warning", seenIn: ["text"] },
  "tensor-as-condition": { title: "A tensor as a condition, which is always true", severity: "warning", seenIn: ["text"] },
  "module-never-called": { title: "A module that the forward pass never calls", severity: "warning", seenIn: ["run"] },
  "parameter-not-in-optimizer": { title: "A parameter that no optimizer holds", severity: "warning", seenIn: ["run"] },
  "frozen-in-optimizer": { title: "A frozen parameter in an optimizer", severity: "information", seenIn: ["run"] },
  "optimizer-before-surgery": { title: "An optimizer made before the parameters were replaced", severity: "warning", seenIn: ["run"] },
  "made-each-epoch": { title: "A model or an optimizer made anew in each epoch", severity: "warning", seenIn: ["text"] },
  "parameter-without-gradient": { title: "A parameter without a gradient after backward", severity: "warning", seenIn: ["run"] },
  "zero-grad-missing": { title: "Gradients that are never set back to zero", severity: "warning", seenIn: ["text", "run"] },
  "graph-kept": { title: "A sum or a list that keeps the graph of each step", severity: "warning", seenIn: ["text"] },
  "state-not-copied": { title: "A stateDict that is kept and goes on changing", severity: "warning", seenIn: ["text"] },
  "gradients-cleared": { title: "Gradients that are set back before the step", severity: "warning", seenIn: ["text", "run"] },
  "step-without-gradient": { title: "A step without gradients", severity: "warning", seenIn: ["text", "run"] },
  "never-stepped": { title: "An optimizer or a schedule that never steps", severity: "warning", seenIn: ["text"] },
  "clipping-misplaced": { title: "Gradients clipped when nobody uses them", severity: "warning", seenIn: ["text"] },
  "eval-missing": { title: "A validation loop in training mode", severity: "warning", seenIn: ["text", "run"] },
  "train-missing": { title: "Training that goes on in evaluation mode", severity: "warning", seenIn: ["text", "run"] },
  "no-grad-missing": { title: "An evaluation that records a graph for nothing", severity: "information", seenIn: ["text", "run"] },
  "loss-not-scalar": { title: "backward() on a loss that is not one number", severity: "warning", seenIn: ["text", "run"] },
  "graph-cut": { title: "backward() without a graph", severity: "warning", seenIn: ["text"] },
  "softmax-before-cross-entropy": { title: "Softmax before a loss that applies it itself", severity: "warning", seenIn: ["text", "run"] },
  "relu-before-loss": { title: "A ReLU before a loss that takes any number", severity: "warning", seenIn: ["text"] },
  "loss-arguments-swapped": { title: "Targets where a loss takes outputs", severity: "warning", seenIn: ["text", "run"] },
  "one-class": { title: "A softmax over a single class", severity: "warning", seenIn: ["run"] },
  "softmax-over-batch": { title: "A softmax over the samples of a batch", severity: "warning", seenIn: ["run"] },
  "bce-unbounded": { title: "Binary cross entropy on outputs that are no probabilities", severity: "warning", seenIn: ["text", "run"] },
  "nll-without-log": { title: "NLLLoss on outputs that are no log-probabilities", severity: "warning", seenIn: ["text", "run"] },
  "log-of-softmax": { title: "The logarithm of a softmax", severity: "warning", seenIn: ["text", "run"] },
  "scheduler-before-optimizer": { title: "A scheduler's step before the optimizer's", severity: "warning", seenIn: ["text", "run"] },
  "unshuffled": { title: "Training data in the same order in every epoch", severity: "information", seenIn: ["text", "run"] },
  "seed-each-epoch": { title: "The same seed in each epoch", severity: "warning", seenIn: ["text"] },
  "test-set-trained": { title: "Test data in the training loop", severity: "warning", seenIn: ["text", "run"] },
  "accuracy-per-batch": { title: "Right answers divided by the number of batches", severity: "warning", seenIn: ["text"] },
  "pixels-unscaled": { title: "Pixels from 0 to 255 as they are", severity: "warning", seenIn: ["run"] },
  "no-batches": { title: "A loader that hands out nothing", severity: "warning", seenIn: ["run"] },
  "accidental-broadcast": { title: "Outputs and targets of different shapes in a loss", severity: "warning", seenIn: ["run"] },
  "dead-units": { title: "Units that are zero for every input", severity: "warning", seenIn: ["run"] },
  "vanishing-gradients": { title: "Gradients that vanish on the way to the first layers", severity: "warning", seenIn: ["run"] },
  "exploding-gradients": { title: "Gradients that grow without bound", severity: "warning", seenIn: ["run"] },
  "saturated": { title: "Sigmoids or tanhs that are stuck at their ends", severity: "warning", seenIn: ["run"] },
  "loss-not-moving": { title: "A loss that does not move", severity: "warning", seenIn: ["run"] },
} as const satisfies Record<string, Lint>;

export type LintId = keyof typeof all;

export const lints: Readonly<Record<LintId, Lint>> = all;
export const lintIds = Object.keys(all) as readonly LintId[];

export function isLint(code: string): code is LintId {
  return Object.hasOwn(all, code);
}

/** A problem that a lint found, as severe as the lint is unless told otherwise. */
export function lintProblem(id: LintId, found: Omit<Problem, "code" | "severity">): Problem {
  return { severity: lints[id].severity, code: id, ...found };
}

/** Text and run see the same mistake each from its side, and the one often names the other's line as related. */
export class ToldLints {
  readonly #places = new Map<string, "text" | "run">();

  /** @returns whether the other side told of it before; if not, this one has from now on */
  isTold({ code, position, related = [] }: Problem, seenIn: "text" | "run"): boolean {
    if (!isLint(code) || !position) return false;
    const keyOf = ({ file, line }: SourcePosition): string => JSON.stringify([code, file, line]);
    if ((this.#places.get(keyOf(position)) ?? seenIn) !== seenIn) return true;
    for (const place of [position, ...related.map((other) => other.position)]) this.#places.set(keyOf(place), seenIn);
    return false;
  }
}
