import { defaultGenerator } from "../../random/index.ts";

/** Makes a module without touching the random stream; its parameters are to be overwritten. */
export function skipInit<Args extends unknown[], M>(type: new (...args: Args) => M, ...args: Args): M {
  const state = defaultGenerator.getState();
  try {
    return new type(...args);
  } finally {
    defaultGenerator.setState(state);
  }
}
