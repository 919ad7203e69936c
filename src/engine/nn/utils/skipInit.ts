import { defaultGenerator } from "../../random/index.ts";

/**
 * Makes a module without touching the random stream; its parameters are to be overwritten.
 * @param moduleCls the class
 * @param args what its constructor takes, in whatever form
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.skip_init.html
 * @api nn.utils.skipInit
 */
export function skipInit<M>(moduleCls: new (...args: never[]) => M, ...args: readonly unknown[]): M {
  const state = defaultGenerator.getState();
  try {
    return new moduleCls(...(args as never[]));
  } finally {
    defaultGenerator.setState(state);
  }
}
