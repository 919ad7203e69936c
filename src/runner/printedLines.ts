/**
 * What the program prints, on its way to whoever watches. However much that is, a few messages a second with the newest lines
 * are sent, and the program pays little more for them than for printing.
 */
import { setTimeout } from "node:timers";
import { stripVTControlCharacters } from "node:util";
import type { PrintedLine, RunEvent } from "../protocol/index.ts";

interface Chunk {
  readonly text: string;
  readonly step: number;
  readonly isError: boolean;
}

/** Milliseconds from one message to the next. */
const interval = 100;
/** Of one message; what came before is skipped. */
const mostLines = 200;
const mostCharacters = 50_000;
const clockEvery = 16;

const { performance } = globalThis;

export class PrintedLines {
  readonly #step: () => number;
  readonly #tell: (event: RunEvent) => void;
  #chunks: Chunk[] = [];
  #skipped = 0;
  #last = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param step that the program is at */
  constructor(step: () => number, tell: (event: RunEvent) => void) {
    this.#step = step;
    this.#tell = tell;
  }

  add(chunk: string | Uint8Array, isError: boolean): void {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString();
    this.#chunks.push({ text: this.#newest(text), step: this.#step(), isError });
    if (this.#chunks.length > 2 * mostLines) this.#skip(this.#chunks.splice(0, mostLines));
    // The clock is looked at for the first that waits, and for some of very many.
    if (this.#chunks.length % clockEvery === 1) this.flushIfDue();
    // A program that goes on to wait for something has to show what it said before; one that is busy comes by here.
    if (this.#chunks.length > 0) this.#timer ??= setTimeout(() => this.flush(), interval).unref();
  }

  /** Sends what waits, if it has waited long enough. */
  flushIfDue(): void {
    if (this.#chunks.length > 0 && performance.now() - this.#last >= interval) this.flush();
  }

  flush(): void {
    this.#timer?.close();
    this.#timer = undefined;
    if (this.#chunks.length === 0) return;
    this.#last = performance.now();
    const lines = this.#chunks.flatMap(linesOf);
    const skipped = this.#skipped + Math.max(0, lines.length - mostLines);
    this.#chunks = [];
    this.#skipped = 0;
    this.#tell({ type: "printed", lines: lines.slice(-mostLines), skipped });
  }

  /** The end of a text that is too long. */
  #newest(text: string): string {
    if (text.length <= mostCharacters) return text;
    const from = text.indexOf("\n", text.length - mostCharacters) + 1 || text.length - mostCharacters;
    this.#skipped += countLines(text, from);
    return text.slice(from);
  }

  #skip(chunks: readonly Chunk[]): void {
    for (const { text } of chunks) this.#skipped += countLines(text, text.length);
  }
}

function linesOf({ text, step, isError }: Chunk): PrintedLine[] {
  const parts = stripVTControlCharacters(text).split("\n");
  const open = parts.pop()!;
  const mark = isError ? ({ isError: true } as const) : {};
  const lines: PrintedLine[] = parts.map((part) => ({ step, text: part, ...mark }));
  if (open !== "") lines.push({ step, text: open, ...mark, isOpen: true });
  return lines;
}

/** That end before `end`. */
function countLines(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
