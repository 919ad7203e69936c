/**
 * What JavaScript gives to every program (`Object.prototype`, `Array.prototype.map`, `JSON.stringify` …) as it was before
 * the user's ran. A program may change any of it; what it changed is put aside while the run is reported.
 */
import * as ours from "../globals.ts";

const { defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, setPrototypeOf } = Reflect;
const isSame = Object.is;

interface Belongings {
  readonly object: object;
  readonly keys: readonly PropertyKey[];
  readonly descriptors: readonly PropertyDescriptor[];
}

/** Something that the program changed; without a descriptor it was not there. */
interface Change {
  readonly object: object;
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor | undefined;
}

// From here on no method is called and nothing iterated: any of them may be the program's.

export class Surroundings {
  readonly #all: Belongings[] = [];

  /** Create before the program runs. */
  constructor() {
    for (const object of builtins()) {
      const keys = object === globalThis ? names : ownKeys(object);
      this.#all.push({ object, keys, descriptors: keys.map((key) => describe(object, key)!) });
    }
  }

  /** Runs the task with everything as it was at first; afterwards the program has its own again. */
  during<T>(task: () => T): T {
    const changes = this.#putBack();
    try {
      return task();
    } finally {
      for (let i = 0; i < changes.length; i++) apply(changes[i]!);
    }
  }

  #putBack(): readonly Change[] {
    const changes: Change[] = [];
    for (let i = 0; i < this.#all.length; i++) {
      const { object, keys, descriptors } = this.#all[i]!;
      for (let k = 0; k < keys.length; k++) {
        const now = describe(object, keys[k]!);
        const was = descriptors[k]!;
        if (now !== undefined && isSame(now.value, was.value) && now.get === was.get && now.set === was.set) continue;
        changes[changes.length] = { object, key: keys[k]!, descriptor: now };
        apply({ object, key: keys[k]!, descriptor: was });
      }
      if (object !== globalThis) this.#removeAdded(this.#all[i]!, changes);
    }
    return changes;
  }

  #removeAdded({ object, keys }: Belongings, changes: Change[]): void {
    const present = ownKeys(object);
    if (present.length === keys.length) return;
    for (let p = 0; p < present.length; p++) {
      let isOld = false;
      for (let k = 0; k < keys.length && !isOld; k++) isOld = keys[k] === present[p];
      if (isOld) continue;
      changes[changes.length] = { object, key: present[p]!, descriptor: describe(object, present[p]!) };
      apply({ object, key: present[p]!, descriptor: undefined });
    }
  }
}

/** What can't be changed back stays as it is. */
function apply({ object, key, descriptor }: Change): void {
  if (descriptor === undefined) deleteProperty(object, key);
  else defineProperty(object, key, descriptor);
}

/** A descriptor that inherits nothing: the program may have given `Object.prototype` a `get`. */
function describe(object: object, key: PropertyKey): PropertyDescriptor | undefined {
  const descriptor = getOwnPropertyDescriptor(object, key);
  if (descriptor !== undefined) setPrototypeOf(descriptor, null);
  return descriptor;
}

/**
 * Names of the global object that stand for something, or are ours. Node has more, behind which it makes something when one
 * looks at them; making `crypto` and its kin takes 30 ms. (A new context would have JavaScript's own names only, but V8 dies
 * where a debugger runs code in one that is already gone.)
 */
const names = ownKeys(globalThis).filter((name) => name in ours || getOwnPropertyDescriptor(globalThis, name)?.value !== undefined);

/** The global object, what its names stand for, their prototypes, and those of iterators. */
function builtins(): Set<object> {
  const found = new Set<object>([globalThis]);
  const add = (value: unknown): void => {
    for (let at = value; isObject(at) && !found.has(at); at = getPrototypeOf(at)) found.add(at);
  };
  for (const key of names) {
    const value: unknown = getOwnPropertyDescriptor(globalThis, key)?.value;
    if (value === process || !isObject(value)) continue;
    add(value);
    add((value as { prototype?: unknown }).prototype);
  }
  add(performance);
  for (const iterator of [[].values(), new Map().values(), new Set().values(), "".matchAll(/./g), ""[Symbol.iterator](), generator()])
    add(getPrototypeOf(iterator));
  return found;
}

function* generator(): Generator {}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}
