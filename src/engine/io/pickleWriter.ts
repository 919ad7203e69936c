/** Writing Python's pickle format, protocol 2, with the operations that `torch.save` uses. */
import { Device } from "../device.ts";
import { KindlingError } from "../errors.ts";
import { Tensor } from "../tensor.ts";

/** A storage's class, its key in the file and its number of elements. */
export interface StorageName {
  readonly className: string;
  readonly key: string;
  readonly count: number;
}

/**
 * @param file stands for the file in messages
 * @param nameStorage gives each tensor's storage its name in the file
 * @throws KindlingError that names what can't be written
 */
export function pickle(value: unknown, file: string, nameStorage: (tensor: Tensor) => StorageName): Uint8Array {
  const writer = new Writer(file, nameStorage);
  writer.write(value, "the value");
  return writer.finish();
}

const codes = {
  proto: 0x80,
  stop: 0x2e,
  mark: 0x28,
  none: 0x4e,
  true: 0x88,
  false: 0x89,
  int1: 0x4b,
  int2: 0x4d,
  int: 0x4a,
  long1: 0x8a,
  long4: 0x8b,
  float: 0x47,
  unicode: 0x58,
  emptyTuple: 0x29,
  tuple: 0x74,
  emptyList: 0x5d,
  appends: 0x65,
  emptyDict: 0x7d,
  setItems: 0x75,
  put: 0x72,
  get: 0x6a,
  global: 0x63,
  reduce: 0x52,
  persistent: 0x51,
  tuple1: 0x85,
  tuple2: 0x86,
} as const;

/** Lists within lists at most; Python's own pickle gives up sooner. */
const DEEPEST = 1500;

/** Entries between two marks at most, as Python writes them, so that a reader's stack stays small. */
const BATCH = 1000;

class Writer {
  readonly #file: string;
  readonly #nameStorage: (tensor: Tensor) => StorageName;
  readonly #memo = new Map<unknown, number>();
  #depth = 0;
  #bytes = new Uint8Array(1024);
  #length = 0;

  constructor(file: string, nameStorage: (tensor: Tensor) => StorageName) {
    this.#file = file;
    this.#nameStorage = nameStorage;
    this.#put(codes.proto, 2);
  }

  finish(): Uint8Array {
    this.#put(codes.stop);
    return this.#bytes.slice(0, this.#length);
  }

  /** @param path says in messages where the value is */
  write(value: unknown, path: string): void {
    if (++this.#depth > DEEPEST) this.#fail("can't save the value: it is nested too deeply");
    this.#write(value, path);
    this.#depth--;
  }

  #write(value: unknown, path: string): void {
    if (value === null || value === undefined) this.#put(codes.none);
    else if (typeof value === "boolean") this.#put(value ? codes.true : codes.false);
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "bigint") this.#long(value);
    else if (typeof value === "string") this.#text(value);
    else if (typeof value === "object" && this.#memo.has(value)) this.#get(value);
    else if (value instanceof Tensor) this.#tensor(value);
    else if (value instanceof Device) this.#device(value);
    else if (Array.isArray(value)) this.#list(value, path);
    else if (value instanceof Map) this.#map(value, path);
    else if (value instanceof Set) this.#set(value, path);
    else if (value instanceof Uint8Array) this.#byteString(value);
    else if (isPlain(value)) this.#dict(Object.entries(value), value, path);
    else this.#fail(`can't save ${path}: ${remedy(value)}`);
  }

  #fail(problem: string): never {
    throw new KindlingError(`${this.#file}: ${problem}`);
  }

  /** Whole numbers become Python's `int`, others its `float`. */
  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      this.#put(codes.float);
      this.#view(8, (view, at) => view.setFloat64(at, value));
    } else if (value >= 0 && value < 256) {
      this.#put(codes.int1, value);
    } else if (value === (value | 0)) {
      this.#put(codes.int);
      this.#u32(value);
    } else {
      this.#long(BigInt(value));
    }
  }

  /** Two's complement, little end first, in as few bytes as will do. */
  #long(value: bigint): void {
    let size = 1;
    while (BigInt.asIntN(size * 8, value) !== value) size++;
    if (size < 256) this.#put(codes.long1, size);
    else {
      this.#put(codes.long4);
      this.#u32(size);
    }
    for (let i = 0; i < size; i++) this.#put(Number(BigInt.asUintN(8, value >> BigInt(8 * i))));
  }

  #text(text: string): void {
    if (this.#memo.has(text)) return this.#get(text);
    this.#utf8(new TextEncoder().encode(text));
    this.#memoize(text);
  }

  #utf8(bytes: Uint8Array): void {
    if (bytes.length >= 2 ** 32) this.#fail("can't save a text or bytes of 4 GiB or more");
    this.#put(codes.unicode);
    this.#u32(bytes.length);
    this.#append(bytes);
  }

  #list(list: readonly unknown[], path: string): void {
    this.#put(codes.emptyList);
    this.#memoize(list);
    for (let start = 0; start < list.length; start += BATCH) {
      this.#put(codes.mark);
      for (let i = start; i < Math.min(start + BATCH, list.length); i++) this.write(list[i], `${path}[${i}]`);
      this.#put(codes.appends);
    }
  }

  #dict(entries: readonly (readonly [unknown, unknown])[], value: object, path: string): void {
    this.#put(codes.emptyDict);
    this.#memoize(value);
    this.#entries(entries, path);
  }

  /** A `dict` where keys are numbers (an optimizer's state), else an `OrderedDict` (a module's). */
  #map(map: ReadonlyMap<unknown, unknown>, path: string): void {
    const numbered = map.size > 0 && [...map.keys()].every((key) => typeof key === "number");
    if (numbered) return this.#dict([...map], map, path);
    this.#orderedDict();
    this.#memoize(map);
    this.#entries([...map], path);
  }

  #entries(entries: readonly (readonly [unknown, unknown])[], path: string): void {
    for (let start = 0; start < entries.length; start += BATCH) {
      this.#put(codes.mark);
      for (const [key, value] of entries.slice(start, start + BATCH)) {
        if (typeof key === "object" && key !== null) this.#fail(`can't save ${path}: a key is neither a text nor a number`);
        this.write(key, path);
        this.write(value, `${path}.${String(key)}`);
      }
      this.#put(codes.setItems);
    }
  }

  #set(set: ReadonlySet<unknown>, path: string): void {
    this.#global("__builtin__", "set");
    this.#list([...set], path);
    this.#put(codes.tuple1, codes.reduce);
    this.#memoize(set);
  }

  #device(device: Device): void {
    this.#global("torch", "device");
    this.#text(device.type);
    if (device.index !== null) this.#number(device.index);
    this.#put(device.index === null ? codes.tuple1 : codes.tuple2, codes.reduce);
    this.#memoize(device);
  }

  /** Protocol 2 has no bytes: Python writes them as text whose characters are the bytes. */
  #byteString(bytes: Uint8Array): void {
    this.#global("_codecs", "encode");
    const utf8 = new Uint8Array(bytes.reduce((size, byte) => size + (byte < 0x80 ? 1 : 2), 0));
    let next = 0;
    for (const byte of bytes) {
      if (byte >= 0x80) utf8[next++] = 0xc0 | (byte >> 6);
      utf8[next++] = byte < 0x80 ? byte : 0x80 | (byte & 0x3f);
    }
    this.#utf8(utf8);
    this.#memoize(utf8);
    this.#text("latin1");
    this.#put(codes.tuple2, codes.reduce);
    this.#memoize(bytes);
  }

  #tensor(tensor: Tensor): void {
    if (tensor.isParameter) {
      this.#global("torch._utils", "_rebuild_parameter");
      this.#put(codes.mark);
      this.#plainTensor(tensor, false);
      this.write(tensor.requiresGrad, "");
      this.#orderedDict();
      this.#put(codes.tuple, codes.reduce);
    } else {
      this.#plainTensor(tensor, tensor.requiresGrad);
    }
    this.#memoize(tensor);
  }

  /** storage, offset, size, stride, requires_grad, backward hooks */
  #plainTensor(tensor: Tensor, requiresGrad: boolean): void {
    const { className, key, count } = this.#nameStorage(tensor);
    this.#global("torch._utils", "_rebuild_tensor_v2");
    this.#put(codes.mark, codes.mark);
    this.#text("storage");
    this.#global("torch", className);
    this.#text(key);
    this.#text("cpu");
    this.#number(count);
    this.#put(codes.tuple, codes.persistent);
    this.#number(tensor.offset);
    this.#tuple(tensor.shape);
    this.#tuple(tensor.strides);
    this.write(requiresGrad, "");
    this.#orderedDict();
    this.#put(codes.tuple, codes.reduce);
  }

  #tuple(numbers: readonly number[]): void {
    this.#put(codes.mark);
    for (const number of numbers) this.#number(number);
    this.#put(codes.tuple);
  }

  #orderedDict(): void {
    this.#global("collections", "OrderedDict");
    this.#put(codes.emptyTuple, codes.reduce);
  }

  #global(module: string, name: string): void {
    const path = `${module}\n${name}\n`;
    if (this.#memo.has(path)) return this.#get(path);
    this.#put(codes.global);
    this.#append(new TextEncoder().encode(path));
    this.#memoize(path);
  }

  #memoize(value: unknown): void {
    const index = this.#memo.size;
    this.#memo.set(value, index);
    this.#put(codes.put);
    this.#u32(index);
  }

  #get(value: unknown): void {
    this.#put(codes.get);
    this.#u32(this.#memo.get(value)!);
  }

  #u32(value: number): void {
    this.#view(4, (view, at) => view.setInt32(at, value, true));
  }

  #put(...bytes: number[]): void {
    this.#append(bytes);
  }

  #append(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #view(size: number, write: (view: DataView, at: number) => void): void {
    this.#reserve(size);
    write(new DataView(this.#bytes.buffer), this.#length);
    this.#length += size;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + size));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function isPlain(value: unknown): value is object {
  const prototype = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  return prototype === null || prototype === Object.prototype;
}

/** What to save instead of something that can't be saved. */
function remedy(value: unknown): string {
  const type = (value as object).constructor?.name ?? typeof value;
  if (typeof (value as { stateDict?: unknown }).stateDict === "function") return `save the stateDict() of the ${type} instead of the ${type} itself`;
  if (ArrayBuffer.isView(value)) return `make a tensor of the ${type}: tensor(values)`;
  return `a ${type} is neither a tensor nor a plain value`;
}
