/** Asks again until the answer is right, for what the screen shows no single event of. */

/** Resolves to the first value of `read` that `accept` takes; fails with the last value after `timeout` ms. */
export async function eventually<T>(what: string, read: () => Promise<T> | T, accept: (value: T) => boolean | Promise<boolean>, timeout = 60_000): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const value = await read();
    if (await accept(value)) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeout / 1000} s; at last it was ${JSON.stringify(value, null, 2)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
