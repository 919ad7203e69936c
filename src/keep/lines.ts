/** Files to which lines are only ever added: whoever is killed while writing leaves at most half a line, which is not read. */
import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

export class LineFile {
  readonly #descriptor: number;
  #waiting: string[] = [];

  constructor(path: string) {
    this.#descriptor = openSync(path, "a");
  }

  /** @returns characters that will be written */
  add(json: unknown): number {
    const line = JSON.stringify(json);
    this.#waiting.push(line);
    return line.length;
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(`${this.#waiting.join("\n")}\n`);
    this.#waiting = [];
    for (let from = 0; from < bytes.length;) from += writeSync(this.#descriptor, bytes, from);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Bytes that are read at once. */
const pieceSize = 1 << 20;

/**
 * What is whole of a file's lines, in their order; a line that is damaged is left out. None where there is no such file.
 * @param isWanted of a line as it is written; all others are passed over, which costs less than to read them
 */
export function* linesOf(path: string, isWanted: (line: string) => boolean = () => true): Generator<unknown, void, undefined> {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return;
  }
  try {
    const [decoder, piece] = [new StringDecoder("utf8"), Buffer.allocUnsafe(pieceSize)];
    let rest = "";
    for (let size = readPiece(descriptor, piece); size > 0; size = readPiece(descriptor, piece)) {
      const lines = (rest + decoder.write(piece.subarray(0, size))).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const json = isWanted(line) ? parsed(line) : undefined;
        if (json !== undefined) yield json;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

/** What is added to such a file while somebody follows it. */
export class LineTail {
  readonly #path: string;
  readonly #decoder = new StringDecoder("utf8");
  #offset = 0;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** The lines that became whole since it was read last. */
  *read(): Generator<unknown, void, undefined> {
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.#offset) return;
    const descriptor = openSync(this.#path, "r");
    try {
      const piece = Buffer.allocUnsafe(Math.min(pieceSize, size - this.#offset));
      for (let read = readPiece(descriptor, piece, this.#offset); read > 0; read = readPiece(descriptor, piece, this.#offset)) {
        this.#offset += read;
        const lines = (this.#rest + this.#decoder.write(piece.subarray(0, read))).split("\n");
        this.#rest = lines.pop()!;
        for (const line of lines) {
          const json = parsed(line);
          if (json !== undefined) yield json;
        }
      }
    } finally {
      closeSync(descriptor);
    }
  }
}

/** @returns how much could be read: nothing at the end, where a disk fails, or of a folder */
function readPiece(descriptor: number, piece: Buffer, from: number | null = null): number {
  try {
    return readSync(descriptor, piece, 0, piece.length, from);
  } catch {
    return 0;
  }
}

export function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
