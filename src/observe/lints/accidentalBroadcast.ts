/** Outputs and targets of shapes that broadcast: every output is compared with every target, and the loss means something else. */
import type { Node } from "../../engine/autograd/node.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import { sameShape } from "../../engine/shape.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { SourcePosition } from "../../protocol/index.ts";
import { nodesBelow } from "../program/backwardGraph.ts";
import type { Lint, LintContext } from "./lint.ts";

/** A difference of an output and a target, which may be on its way to a loss. */
interface Difference {
  readonly node: Node;
  readonly output: readonly number[];
  readonly target: readonly number[];
  readonly position: SourcePosition;
}

/** Losses that compare element by element, and are not refused where shapes differ. */
const elementwise: ReadonlySet<string> = new Set(["mseLoss", "l1Loss", "smoothL1Loss", "huberLoss", "poissonNllLoss", "klDiv", "softMarginLoss"]);

export class AccidentalBroadcast implements Lint {
  readonly #context: LintContext;
  #differences: Difference[] = [];

  constructor(context: LintContext) {
    this.#context = context;
  }

  loss({ name, input, target }: ComputedLoss): void {
    // One number is compared with all on purpose.
    if (!elementwise.has(name) || sameShape(input.shape, target.shape) || input.numel() === 1 || target.numel() === 1) return;
    const position = this.#context.here();
    if (position) this.#tell(`\`${name}\` gets`, input.shape, target.shape, position);
  }

  ran({ name }: { readonly name: string }, [a, b]: readonly Tensor[], [difference]: readonly Tensor[]): void {
    const node = difference?.gradFn;
    if (name !== "SubBackward0" || !node || !a || !b || a.requiresGrad === b.requiresGrad || !isColumnAndRow(a.shape, b.shape)) return;
    const position = this.#context.here();
    const [output, target] = a.requiresGrad ? [a, b] : [b, a];
    if (position) this.#differences.push({ node, output: output.shape, target: target.shape, position });
  }

  beforeBackward(loss: Tensor): void {
    if (this.#differences.length === 0) return;
    const trained = nodesBelow(loss);
    for (const { node, output, target, position } of this.#differences) {
      if (trained.has(node)) this.#tell("This difference is of", output, target, position);
    }
    this.#differences = [];
  }

  #tell(beginning: string, output: readonly number[], target: readonly number[], position: SourcePosition): void {
    const together = broadcast(output, target);
    const pairs = isColumnAndRow(output, target) ? ", so that every output is compared with every target" : "";
    this.#context.tell("accidental-broadcast", {
      message:
        `${beginning} outputs of shape ${text(output)} and targets of shape ${text(target)}: ` +
        `they are broadcast to ${text(together)}${pairs}. ${advice(output, target)}`,
      position,
    });
  }
}

/** [N] and [N, 1], of more than one. */
function isColumnAndRow(a: readonly number[], b: readonly number[]): boolean {
  const [row, column] = a.length < b.length ? [a, b] : [b, a];
  return row.length === 1 && column.length === 2 && column[1] === 1 && row[0] === column[0] && row[0]! > 1;
}

function advice(output: readonly number[], target: readonly number[]): string {
  if (!isColumnAndRow(output, target)) return "Give both the same shape.";
  return output.length > target.length
    ? "Give both the same shape: `target.unsqueeze(1)`, or `output.squeeze(1)`."
    : "Give both the same shape: `target.squeeze(1)`, or `output.unsqueeze(1)`.";
}

function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => Math.max(a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1));
}

const text = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
