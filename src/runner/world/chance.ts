/** Chance that no seed of the run determines: what the system gives. `Math.random` has a seed of the run's. */
import crypto from "node:crypto";
import type { Answers } from "./answers.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Call before the program runs, and `syncBuiltinESMExports` after it. */
export function answerChance(answers: Answers): void {
  const { randomBytes, randomInt, randomUUID } = crypto;
  const drawn = (size: number): Bytes => {
    const text = answers.ask("random bytes", () => randomBytes(size).toString("base64"));
    return new Uint8Array(Buffer.from(text, "base64"));
  };
  const uuid = (): ReturnType<typeof randomUUID> => answers.ask("random UUID", () => randomUUID());
  const fill = <T extends ArrayBufferView>(array: T): T => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(drawn(array.byteLength));
    return array;
  };
  const own = (target: object): object =>
    new Proxy(target, {
      get(inner, key) {
        if (key === "getRandomValues") return fill;
        if (key === "randomUUID") return uuid;
        const value: unknown = Reflect.get(inner, key, inner);
        return typeof value === "function" ? (value.bind(inner) as unknown) : value;
      },
    });
  // Node makes it when it is first asked for, which takes its time.
  const { get } = Object.getOwnPropertyDescriptor(globalThis, "crypto") ?? {};
  let web: object | undefined;
  Object.defineProperty(globalThis, "crypto", {
    configurable: true,
    enumerable: true,
    get: () => (web ??= own((get?.call(globalThis) ?? crypto.webcrypto) as object)),
  });
  Object.assign(crypto, {
    randomBytes: (size: number, done?: (error: null, bytes: Buffer) => void) => answered(Buffer.from(drawn(size)), done),
    randomInt: (low: number, high?: number | Function, done?: (error: null, value: number) => void) => {
      const value = answers.ask("random whole number", () => (typeof high === "number" ? randomInt(low, high) : randomInt(low)));
      return answered(value, typeof high === "function" ? (high as typeof done) : done);
    },
    randomUUID: uuid,
    randomFillSync: fill,
  });
}

function answered<T>(value: T, done: ((error: null, value: T) => void) | undefined): T | undefined {
  if (!done) return value;
  setImmediate(() => done(null, value));
  return undefined;
}
