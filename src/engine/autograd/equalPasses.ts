/**
 * Backward passes while nothing is computed (`memory/ghosts.ts`): of a pass that is made of the same operations as one before
 * it is known which leaves get a gradient, so none of its operations has to be asked again.
 */
import { wasRead } from "../memory/reading.ts";
import type { AnyOperation, Node } from "./node.ts";

/** Programs that alternate between few kinds of passes are usual (a discriminator's, a generator's); more are forgotten. */
const most = 8;

interface EqualPass {
  readonly operations: readonly AnyOperation[];
  /** For each of its nodes, whether a gradient arrived there. */
  readonly reached: readonly boolean[];
}

const passes: EqualPass[] = [];

/** For each node of a pass, youngest first, whether a gradient arrives there; `undefined` where no pass before was like it. */
export function reachedAsBefore(order: readonly Node[]): readonly boolean[] | undefined {
  return passes.find(({ operations }) => isOf(operations, order))?.reached;
}

/**
 * Runs a pass in full, and knows from then on what becomes of those that are like it.
 * @param visit runs a node; whether a gradient had arrived there
 */
export function learnPass(order: readonly Node[], visit: (node: Node) => boolean): void {
  const reached: boolean[] = [];
  // What reads values may do otherwise the next time, and has to be heard then, too.
  const hasRead = wasRead(() => order.forEach((node) => reached.push(visit(node))));
  if (hasRead) return;
  passes.unshift({ operations: order.map(({ operation }) => operation), reached });
  passes.length = Math.min(passes.length, most);
}

/** Whether nobody but the engine has a part in it. */
export function isOurs(order: readonly Node[]): boolean {
  return order.every(({ hooks, operation }) => hooks === null && !operation.runsProgram);
}

function isOf(operations: readonly AnyOperation[], order: readonly Node[]): boolean {
  if (operations.length !== order.length) return false;
  for (let i = 0; i < operations.length; i++) if (operations[i] !== order[i]!.operation) return false;
  return true;
}
