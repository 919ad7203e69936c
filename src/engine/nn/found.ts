/** What a module was found to hold. */

/** A list that gives its items one by one as well, as Python's generators do: `model.parameters().next()`. */
export interface Found<T> extends Array<T> {
  /** The next of them: `model.parameters().next().value` is Python's `next(model.parameters())`. */
  next(): { value: T; done?: boolean };
}

/** Lets a list be an iterator, too. It stays a plain array to everything that looks at it. */
export function found<T>(items: T[]): Found<T> {
  let next = 0;
  const step = (): IteratorResult<T, undefined> => (next < items.length ? { value: items[next++]!, done: false } : { value: undefined, done: true });
  return Object.defineProperty(items, "next", hidden(step)) as Found<T>;
}

/** Of a property that isn't listed; inherits nothing, since a program may have given `Object.prototype` a `get`. */
function hidden(value: unknown): PropertyDescriptor {
  return Object.assign(Object.create(null) as PropertyDescriptor, { value, writable: true, configurable: true });
}
