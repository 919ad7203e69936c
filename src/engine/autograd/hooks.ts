/** Code of the user's own that sees gradients as they are computed. */
import { KindlingError } from "../errors.ts";
import type { HookHandle, Tensor } from "../tensor.ts";

/** Sees the gradient; another that it returns stands in its place. */
export type TensorHook = (gradient: Tensor) => Tensor | null | undefined | void;

/**
 * Calls `hook` with the gradient with respect to this tensor whenever one is computed; it may return a replacement.
 * @throws KindlingError for a tensor that doesn't require gradients
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.register_hook.html
 * @api Tensor.registerHook
 */
export function registerHook(input: Tensor, hook: TensorHook): HookHandle {
  const node = input.gradientEdge();
  if (node === null) throw new KindlingError("cannot register a hook on a tensor that doesn't require gradient");
  const handle = node.addHook({ output: input.outputIndex, kind: "hook", call: hook });
  return { remove: handle.remove, [Symbol.dispose]: handle.remove };
}
