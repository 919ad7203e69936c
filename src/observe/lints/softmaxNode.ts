/** Whether an operation is a softmax or the logarithm of one, and over which dimension. */
import type { Node } from "../../engine/autograd/node.ts";

const names: ReadonlySet<string> = new Set(["SoftmaxBackward0", "LogSoftmaxBackward0"]);

/** @returns the dimension; undefined for every other operation */
export function softmaxDimension(node: Node | null | undefined): number | undefined {
  return node && names.has(node.operation.name) ? (node.data as number) : undefined;
}
