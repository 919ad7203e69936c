/** Files to which lines are only ever added: whoever is killed while writing leaves at most half a line, which is not read. */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

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

/** Reads what is whole of a file's lines, in their order; a line that is damaged is left out. */
export function readLines(path: string, take: (json: unknown) => void): void {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return;
  }
  for (let from = 0, end = text.indexOf("\n"); end >= 0; from = end + 1, end = text.indexOf("\n", from)) {
    let json: unknown;
    try {
      json = JSON.parse(text.slice(from, end));
    } catch {
      continue;
    }
    take(json);
  }
}
