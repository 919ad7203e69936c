import { KindlingError } from "../errors.ts";

/** Counts what is copied while a file is read: a small one may ask for copies of the same value over and over. */
export class CopyLimit {
  /** Stands for the file in messages. */
  readonly file: string;
  #left: number;

  constructor(file: string, fileBytes: number) {
    this.file = file;
    // Bytes that stand in it as text are copied, and so is the array that is made of them.
    this.#left = 2 * fileBytes;
  }

  /** Counts a copy of `size` elements or bytes. The copies together are never larger than twice an honest file. */
  charge(size: number): void {
    this.#left -= size;
    if (this.#left < 0) throw new KindlingError(`${this.file}: its values are larger than the file itself`);
  }
}
