/** NumPy's numbers and arrays inside pickles: a loss that was kept as `np.float64`, a confusion matrix. */
import { KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import type { CopyLimit } from "./copyLimit.ts";
import { bytesOf, decode, dtypeOf, tensorOf } from "./elements.ts";
import { numpyType, type NumpyType } from "./numpyType.ts";
import { Callable, Opaque, Unfinished } from "./pickleReader.ts";

/** Numbers in the state of NumPy's generator, the Mersenne twister. */
const stateLength = 624;

/** The meaning of one of NumPy's names, or `undefined` where it is not on the list. */
export function numpyGlobal(path: string, limit: CopyLimit): unknown {
  switch (path.replace(/^numpy\._core\./, "numpy.core.")) {
    case "numpy.dtype":
      return new Callable(([code]) => new PickledType(limit.file, String(code)));
    case "numpy.ndarray":
      return new Opaque();
    case "numpy.core.multiarray.scalar":
      return new Callable(([type, bytes]) => scalar(limit.file, type, bytes));
    case "numpy.core.multiarray._reconstruct":
      return new Callable(() => new PickledArray(limit));
    default:
      return undefined;
  }
}

/** `numpy.dtype("f8")`; its byte order comes with its state. */
class PickledType extends Unfinished {
  readonly #file: string;
  readonly #code: string;
  #order = "|";

  constructor(file: string, code: string) {
    super();
    this.#file = file;
    this.#code = code;
  }

  override fill(state: unknown): void {
    if (Array.isArray(state) && typeof state[1] === "string") this.#order = state[1];
  }

  get type(): NumpyType {
    return numpyType(this.#order + this.#code, this.#file);
  }
}

function scalar(file: string, type: unknown, bytes: unknown): number | boolean {
  if (!(type instanceof PickledType) || !(bytes instanceof Uint8Array)) throw damaged(file);
  const { fileType, littleEndian } = type.type;
  if (bytesOf([], fileType) !== bytes.length) throw damaged(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A float64 stays one: JavaScript's numbers are.
  if (fileType === "float64") return view.getFloat64(0, littleEndian);
  const value = decode(bytes, fileType, file, littleEndian)[0]!;
  return dtypeOf(fileType) === "bool" ? value !== 0 : value;
}

class PickledArray extends Unfinished {
  readonly #limit: CopyLimit;

  constructor(limit: CopyLimit) {
    super();
    this.#limit = limit;
  }

  /** @param state version, shape, type, whether columns come first, bytes */
  override fill(state: unknown): void {
    const { file } = this.#limit;
    const [, shape, type, columnsFirst, bytes] = Array.isArray(state) ? (state as unknown[]) : [];
    if (!Array.isArray(shape) || !(type instanceof PickledType) || !(bytes instanceof Uint8Array)) throw damaged(file);
    const { fileType, littleEndian } = type.type;
    if (bytesOf(shape, fileType) !== bytes.length) throw damaged(file);
    this.#limit.charge(bytes.length);
    const large = fileType === "uint32" && shape.length === 1 && shape[0]! <= stateLength ? unsigned(bytes, littleEndian) : [];
    // The state of NumPy's generator, which checkpoints keep, holds numbers that no tensor here does: they are a list.
    this.result = large.some((value) => value !== (value | 0)) ? large : arrayOf(bytes, fileType, shape, columnsFirst === true, file, littleEndian);
  }
}

function unsigned(bytes: Uint8Array, littleEndian: boolean): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4, littleEndian));
}

/** A tensor of an array's bytes, in NumPy's C or Fortran order. */
export function arrayOf(
  bytes: Uint8Array,
  fileType: NumpyType["fileType"],
  shape: readonly number[],
  columnsFirst: boolean,
  where: string,
  littleEndian: boolean,
): Tensor {
  if (!columnsFirst || shape.length < 2) return tensorOf(bytes, fileType, shape, where, littleEndian);
  const turned = tensorOf(bytes, fileType, [...shape].reverse(), where, littleEndian);
  return turned.permute(shape.map((_, i) => shape.length - 1 - i)).contiguous();
}

function damaged(file: string): KindlingError {
  return new KindlingError(`${file}: a NumPy value is described in a way that can't be`);
}
