/**
 * Python's pickle format, protocols 0 to 5 (https://github.com/python/cpython/blob/main/Lib/pickletools.py), read as data.
 *
 * A pickle is a program for a stack machine that may name any Python function and call it. Here a name stands for
 * nothing but what `Unpickling.resolve` gives, so that nothing outside that list can ever run.
 */
import type { ByteReader } from "./byteReader.ts";

/** What a pickle's names and references to outside stand for. */
export interface Unpickling {
  /** The meaning of a global name. @param root whether it is the first thing in the pickle */
  resolve(module: string, name: string, root: boolean): unknown;
  /** The value of a reference to something outside the pickle. */
  persistent(id: unknown): unknown;
}

/** What stands for something of Python's while a pickle is read, and is no value that a program could use. */
export class Opaque {}

/** A Python function or class that may be called: what stands for it here. */
export class Callable extends Opaque {
  readonly call: (args: readonly unknown[]) => unknown;

  constructor(call: (args: readonly unknown[]) => unknown) {
    super();
    this.call = call;
  }
}

/** An object that Python makes empty and fills afterwards (`__setstate__`). */
export abstract class Unfinished extends Opaque {
  /** Once it is filled. */
  result: unknown = this;
  abstract fill(state: unknown): void;
}

/** A `dict` under construction: its kind depends on its keys. */
export class Dict {
  readonly entries = new Map<unknown, unknown>();
  finished: unknown = null;

  /** A plain object if all keys are strings, else a `Map`. */
  finish(): void {
    const keys = [...this.entries.keys()];
    this.finished = keys.every((key) => typeof key === "string") ? {} : this.entries;
  }

  /** Puts the entries' finished values into the finished dictionary. */
  settle(finished: (value: unknown) => unknown): void {
    for (const [key, value] of this.entries) {
      if (this.finished === this.entries) this.entries.set(key, finished(value));
      else setOwn(this.finished as object, key as string, finished(value));
    }
  }
}

/** Reads the pickle at the reader's position and stops behind it. */
export function unpickle(reader: ByteReader, unpickling: Unpickling): unknown {
  return new Machine(reader, unpickling).run();
}

/** JavaScript ends the process where a list grows beyond some 100 million. */
const MOST_IN_LIST = 2 ** 26;

class Machine {
  readonly #reader: ByteReader;
  readonly #unpickling: Unpickling;
  readonly #memo = new Map<number, unknown>();
  readonly #marks: unknown[][] = [];
  #stack: unknown[] = [];

  constructor(reader: ByteReader, unpickling: Unpickling) {
    this.#reader = reader;
    this.#unpickling = unpickling;
  }

  run(): unknown {
    try {
      return this.#run();
    } catch (error) {
      if (error instanceof RangeError) this.#reader.fail(`the pickle holds more values than memory has room for (${error.message})`);
      throw error;
    }
  }

  #run(): unknown {
    for (;;) {
      const position = this.#reader.position;
      const code = this.#reader.u8();
      if (code === STOP) return this.#finish(this.pop());
      const step = steps[code];
      if (step === undefined) this.#reader.fail(`0x${code.toString(16)} is no pickle operation`, position);
      step(this, this.#reader);
    }
  }

  push(value: unknown): void {
    this.#checkRoom(this.#stack.length);
    this.#stack.push(value);
  }

  pop(): unknown {
    if (this.#stack.length === 0) this.#reader.fail("the pickle takes a value from an empty stack");
    return this.#stack.pop();
  }

  top(): unknown {
    if (this.#stack.length === 0) this.#reader.fail("the pickle needs a value on an empty stack");
    return this.#stack.at(-1);
  }

  mark(): void {
    this.#marks.push(this.#stack);
    this.#stack = [];
  }

  /** What was pushed since the last mark. */
  popMark(): unknown[] {
    const items = this.#stack;
    const below = this.#marks.pop();
    if (below === undefined) this.#reader.fail("the pickle goes back to a mark that it hasn't set");
    this.#stack = below;
    return items;
  }

  /** The last `count` values, first one first. */
  popTuple(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  put(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(index: number): void {
    if (!this.#memo.has(index)) this.#reader.fail(`the pickle refers to value ${index}, which it hasn't stored`);
    const value = this.#memo.get(index);
    this.push(value instanceof Unfinished ? value.result : value);
  }

  global(module: unknown, name: unknown): void {
    const root = this.#stack.length === 0 && this.#marks.length === 0;
    this.push(this.#unpickling.resolve(String(module), String(name), root));
  }

  persistent(id: unknown): void {
    this.push(this.#unpickling.persistent(id));
  }

  reduce(): void {
    const args = this.pop();
    const callable = this.pop();
    if (!(callable instanceof Callable) || !Array.isArray(args)) this.#reader.fail("the pickle calls what can't be called");
    this.push(callable.call(args));
  }

  /** Python's `__setstate__`. Of an `OrderedDict`'s attributes only a state dict's `_metadata` is kept, out of sight. */
  build(): void {
    const state = this.pop();
    const target = this.pop();
    if (target instanceof Unfinished) target.fill(state);
    else if (!(target instanceof Map)) this.#reader.fail("the pickle sets attributes of a plain value");
    else keepMetadata(target, state);
    this.push(target instanceof Unfinished ? target.result : target);
  }

  append(items: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.#reader.fail("the pickle appends to what is no list");
    this.#checkRoom(list.length + items.length);
    for (const item of items) list.push(item);
  }

  add(items: readonly unknown[]): void {
    const set = this.top();
    if (!(set instanceof Set)) this.#reader.fail("the pickle adds to what is no set");
    for (const item of items) set.add(item);
  }

  setItems(items: readonly unknown[]): void {
    const target = this.top();
    const map = target instanceof Dict ? target.entries : target;
    if (!(map instanceof Map) || items.length % 2 !== 0) this.#reader.fail("the pickle sets entries of what is no dictionary");
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  #checkRoom(length: number): void {
    if (length >= MOST_IN_LIST) this.#reader.fail(`the pickle makes a list of more than ${MOST_IN_LIST} values`);
  }

  /** Puts each finished dictionary where the one under construction stood. No recursion: a pickle may nest deeply. */
  #finish(value: unknown): unknown {
    const found = new Set<unknown[] | Map<unknown, unknown> | Dict>();
    const finished = (inner: unknown): unknown => {
      if (inner instanceof Opaque) this.#reader.fail("the pickle holds a class or function as a value");
      if (inner instanceof Dict && !found.has(inner)) inner.finish();
      if (inner instanceof Dict || inner instanceof Map || Array.isArray(inner)) found.add(inner);
      return inner instanceof Dict ? inner.finished : inner;
    };
    const result = finished(value);
    // What is added to a set while it is gone through is visited, too.
    for (const container of found) {
      if (Array.isArray(container)) container.forEach((inner, i) => (container[i] = finished(inner)));
      else if (container instanceof Map) for (const [key, inner] of container) container.set(key, finished(inner));
      else container.settle(finished);
    }
    return result;
  }
}

/** Sets a property whatever its name; plain assignment to `__proto__` would change the object's kind. */
/** What an attribute of a dictionary holds is read by name alone: it may be anything that a file can hold. */
function keepMetadata(target: Map<unknown, unknown>, state: unknown): void {
  const attributes = state instanceof Dict ? state.entries : state;
  const metadata = attributes instanceof Map ? (attributes.get("_metadata") as unknown) : null;
  if (!(metadata instanceof Map)) return;
  const versions = [...metadata].map(([path, entry]) => [path, { version: entry instanceof Dict ? entry.entries.get("version") : undefined }] as const);
  Object.defineProperty(target, "_metadata", { value: new Map(versions) });
}

function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** An integer; a `bigint` where a number would lose digits. */
function integer(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Two's complement of any length, little end first. */
function long(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .reverse()
    .join("");
  return integer(BigInt.asIntN(bytes.length * 8, BigInt(`0x${digits}`)));
}

/** An integer in decimal digits, as protocol 0 writes it, with an `L` behind a long one. */
function decimal(reader: ByteReader): number | bigint {
  const text = reader.line().replace(/L$/, "");
  // The length is Python's own limit: more digits take quadratic time.
  if (!/^-?\d{1,4300}$/.test(text)) reader.fail(`"${text.slice(0, 40)}" is not a whole number`);
  return integer(BigInt(text));
}

function decimalOrBoolean(reader: ByteReader): number | bigint | boolean {
  const next = reader.bytes.subarray(reader.position, reader.position + 3);
  const isBoolean = next[0] === 0x30 && (next[1] === 0x30 || next[1] === 0x31) && next[2] === 10;
  const value = decimal(reader);
  return isBoolean ? value === 1 : value;
}

function float(reader: ByteReader): number {
  const text = reader.line();
  const value = { inf: Infinity, "-inf": -Infinity, nan: NaN }[text] ?? Number(text);
  if (Number.isNaN(value) && text !== "nan") reader.fail(`"${text}" is not a number`);
  return value;
}

function quoted(reader: ByteReader): string {
  const text = reader.line();
  if (!/^(["']).*\1$/s.test(text)) reader.fail("a string has no quotes");
  return text.slice(1, -1);
}

/** Protocol 0's text: characters below 256 as bytes, others as `\uXXXX`. */
function escaped(reader: ByteReader): string {
  const start = reader.position;
  reader.line();
  let characters = "";
  for (const byte of reader.bytes.subarray(start, reader.position - 1)) characters += String.fromCharCode(byte);
  return characters.replace(/\\u([\da-f]{4})|\\U00([\da-f]{6})/g, (whole, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long!, 16);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}

const STOP = 0x2e;

/** Operations by their code; names as in Python's `pickletools`. */
const steps: Readonly<Record<number, (machine: Machine, reader: ByteReader) => void>> = {
  /* PROTO */ 0x80: (_, reader) => {
    const version = reader.u8();
    if (version > 5) reader.fail(`pickle protocol ${version} is not known`);
  },
  /* FRAME */ 0x95: (_, reader) => void reader.take(8),
  /* MARK */ 0x28: (machine) => machine.mark(),
  /* POP_MARK */ 0x31: (machine) => void machine.popMark(),
  /* POP */ 0x30: (machine) => void machine.pop(),
  /* DUP */ 0x32: (machine) => machine.push(machine.top()),

  /* PUT */ 0x70: (machine, reader) => machine.put(Number(decimal(reader))),
  /* BINPUT */ 0x71: (machine, reader) => machine.put(reader.u8()),
  /* LONG_BINPUT */ 0x72: (machine, reader) => machine.put(reader.u32()),
  /* MEMOIZE */ 0x94: (machine) => machine.memoize(),
  /* GET */ 0x67: (machine, reader) => machine.get(Number(decimal(reader))),
  /* BINGET */ 0x68: (machine, reader) => machine.get(reader.u8()),
  /* LONG_BINGET */ 0x6a: (machine, reader) => machine.get(reader.u32()),

  /* NONE */ 0x4e: (machine) => machine.push(null),
  /* NEWTRUE */ 0x88: (machine) => machine.push(true),
  /* NEWFALSE */ 0x89: (machine) => machine.push(false),
  /* INT */ 0x49: (machine, reader) => machine.push(decimalOrBoolean(reader)),
  /* LONG */ 0x4c: (machine, reader) => machine.push(decimal(reader)),
  /* FLOAT */ 0x46: (machine, reader) => machine.push(float(reader)),
  /* BININT */ 0x4a: (machine, reader) => machine.push(reader.i32()),
  /* BININT1 */ 0x4b: (machine, reader) => machine.push(reader.u8()),
  /* BININT2 */ 0x4d: (machine, reader) => machine.push(reader.u16()),
  /* LONG1 */ 0x8a: (machine, reader) => machine.push(long(reader.take(reader.u8()))),
  /* LONG4 */ 0x8b: (machine, reader) => machine.push(long(reader.take(reader.i32()))),
  /* BINFLOAT */ 0x47: (machine, reader) => machine.push(reader.f64(false)),

  /* STRING */ 0x53: (machine, reader) => machine.push(quoted(reader)),
  /* UNICODE */ 0x56: (machine, reader) => machine.push(escaped(reader)),
  /* BINSTRING */ 0x54: (machine, reader) => machine.push(reader.text(reader.i32())),
  /* SHORT_BINSTRING */ 0x55: (machine, reader) => machine.push(reader.text(reader.u8())),
  /* BINUNICODE */ 0x58: (machine, reader) => machine.push(reader.text(reader.u32())),
  /* SHORT_BINUNICODE */ 0x8c: (machine, reader) => machine.push(reader.text(reader.u8())),
  /* BINUNICODE8 */ 0x8d: (machine, reader) => machine.push(reader.text(reader.u64())),
  /* BINBYTES */ 0x42: (machine, reader) => machine.push(reader.take(reader.u32()).slice()),
  /* SHORT_BINBYTES */ 0x43: (machine, reader) => machine.push(reader.take(reader.u8()).slice()),
  /* BINBYTES8 */ 0x8e: (machine, reader) => machine.push(reader.take(reader.u64()).slice()),
  /* BYTEARRAY8 */ 0x96: (machine, reader) => machine.push(reader.take(reader.u64()).slice()),

  /* EMPTY_TUPLE */ 0x29: (machine) => machine.push([]),
  /* TUPLE */ 0x74: (machine) => machine.push(machine.popMark()),
  /* TUPLE1 */ 0x85: (machine) => machine.push(machine.popTuple(1)),
  /* TUPLE2 */ 0x86: (machine) => machine.push(machine.popTuple(2)),
  /* TUPLE3 */ 0x87: (machine) => machine.push(machine.popTuple(3)),
  /* EMPTY_LIST */ 0x5d: (machine) => machine.push([]),
  /* LIST */ 0x6c: (machine) => machine.push(machine.popMark()),
  /* APPEND */ 0x61: (machine) => machine.append(machine.popTuple(1)),
  /* APPENDS */ 0x65: (machine) => machine.append(machine.popMark()),
  /* EMPTY_DICT */ 0x7d: (machine) => machine.push(new Dict()),
  /* DICT */ 0x64: (machine) => {
    const items = machine.popMark();
    machine.push(new Dict());
    machine.setItems(items);
  },
  /* SETITEM */ 0x73: (machine) => machine.setItems(machine.popTuple(2)),
  /* SETITEMS */ 0x75: (machine) => machine.setItems(machine.popMark()),
  /* EMPTY_SET */ 0x8f: (machine) => machine.push(new Set()),
  /* FROZENSET */ 0x91: (machine) => machine.push(new Set(machine.popMark())),
  /* ADDITEMS */ 0x90: (machine) => machine.add(machine.popMark()),

  /* GLOBAL */ 0x63: (machine, reader) => machine.global(reader.line(), reader.line()),
  /* STACK_GLOBAL */ 0x93: (machine) => {
    const [module, name] = machine.popTuple(2);
    machine.global(module, name);
  },
  /* REDUCE */ 0x52: (machine) => machine.reduce(),
  /* NEWOBJ */ 0x81: (machine) => machine.reduce(),
  /* BUILD */ 0x62: (machine) => machine.build(),
  /* PERSID */ 0x50: (machine, reader) => machine.persistent(reader.line()),
  /* BINPERSID */ 0x51: (machine) => machine.persistent(machine.pop()),
};
