/** Reading binary files from memory: no step beyond the end, and errors that name the file and the byte. */
import { KindlingError } from "../errors.ts";

/** A cursor over a file's bytes. Sizes that a file declares are checked against what is left before anything is allocated. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** Next byte to be read. */
  position: number;
  readonly #view: DataView;

  /** @param name stands for the file in messages */
  constructor(bytes: Uint8Array, name: string, position = 0) {
    this.bytes = bytes;
    this.name = name;
    this.position = position;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes that are left. */
  get left(): number {
    return this.bytes.length - this.position;
  }

  /** Throws an error that names the file and a place in it, by default the current one. */
  fail(problem: string, position = this.position): never {
    throw new KindlingError(`${this.name}, byte ${position}: ${problem}`);
  }

  /** The next `count` bytes, as a window on the file. */
  take(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.bytes.subarray(start, start + count);
  }

  u8(): number {
    return this.bytes[this.#advance(1)]!;
  }

  u16(littleEndian = true): number {
    return this.#view.getUint16(this.#advance(2), littleEndian);
  }

  i32(littleEndian = true): number {
    return this.#view.getInt32(this.#advance(4), littleEndian);
  }

  u32(littleEndian = true): number {
    return this.#view.getUint32(this.#advance(4), littleEndian);
  }

  /**
   * An unsigned number of 64 bits; one that is too large for a JavaScript number is no size of anything, so it is an error.
   * @param hint stands behind the error's words
   */
  u64(hint = ""): number {
    const start = this.#advance(8);
    const value = this.#view.getBigUint64(start, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail(`the size ${value} is beyond all files${hint}`, start);
    return Number(value);
  }

  f64(littleEndian = true): number {
    return this.#view.getFloat64(this.#advance(8), littleEndian);
  }

  /** UTF-8 text of `count` bytes. */
  text(count: number): string {
    return new TextDecoder().decode(this.take(count));
  }

  /** Text up to the next line feed, which is passed over. */
  line(): string {
    const end = this.bytes.indexOf(10, this.position);
    if (end < 0) this.fail("a line has no end");
    const text = this.text(end - this.position);
    this.position++;
    return text;
  }

  #advance(count: number): number {
    if (count < 0 || count > this.left) this.fail(`${count} bytes are expected here, but ${this.left} are left`);
    const start = this.position;
    this.position += count;
    return start;
  }
}
