/** What a module was found to hold. */

/** A list that gives its items one by one as well, as Python's generators do: `model.parameters().next()`. */
export interface Found<T> extends Array<T> {
  /** So that a plain list may stand for it in a subclass that gives its own: `next` is all that isn't an array's. */
  // oxlint-disable-next-line no-explicit-any
  [name: string]: any;
}

/** Lets a list be an iterator, too. It stays a plain array to everything that looks at it. */
export function found<T>(items: T[]): Found<T> {
  let next = 0;
  const step = (): IteratorResult<T, undefined> => (next < items.length ? { value: items[next++]!, done: false } : { value: undefined, done: true });
  return Object.defineProperty(items, "next", { value: step, writable: true, configurable: true }) as Found<T>;
}
