/** Which operation a tensor comes from, whatever was only done to its shape since. */
import type { Node } from "../../engine/autograd/node.ts";
import type { Tensor } from "../../engine/tensor.ts";

/** What leaves all values as they are, and may leave some out. */
const reshaping: ReadonlySet<string> = new Set([
  "ViewBackward0",
  "UnsqueezeBackward0",
  "SqueezeBackward0",
  "SqueezeBackward1",
  "TransposeBackward0",
  "TBackward0",
  "PermuteBackward0",
  "CloneBackward0",
  "SelectBackward0",
  "SliceBackward0",
  "SliceBackward1",
  "ExpandBackward0",
]);

/** `undefined` for what is outside the graph, as all is under `noGrad`. */
export function madeBy({ gradFn }: Tensor): Node | undefined {
  let node: Node | null | undefined = gradFn;
  while (node && reshaping.has(node.operation.name)) node = node.next[0];
  return node ?? undefined;
}
