/** What a `backward()` goes through. */
import type { Node } from "../../engine/autograd/node.ts";
import type { Tensor } from "../../engine/tensor.ts";

/** Every node that `loss.backward()` reaches, each once. */
export function nodesBelow(loss: Tensor): ReadonlySet<Node> {
  const root = loss.gradientEdge();
  const seen = new Set<Node>();
  const stack = root ? [root] : [];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const next of node.next) if (next) stack.push(next);
  }
  return seen;
}

/** The leaves whose gradients `loss.backward()` computes. */
export function leavesBelow(loss: Tensor): Tensor[] {
  const leaves: Tensor[] = [];
  for (const { variable } of nodesBelow(loss)) if (variable) leaves.push(variable);
  return leaves;
}

/** The numbers that a node's derivative reads, while they are what they were. */
export function savedBy(node: Node): Tensor[] {
  try {
    return Array.from({ length: node.savedCount }, (_, i) => node.saved(i)).filter(({ dtype }) => dtype === "float32");
  } catch {
    // Changed since, or given free by a derivative of the user's own.
    return [];
  }
}
