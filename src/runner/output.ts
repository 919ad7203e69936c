/**
 * The program's stdout and stderr. A worker thread's own streams pass through the main thread and stand still while the
 * program is busy; these write at once.
 */
import { writeSync } from "node:fs";
import type { Writable } from "node:stream";
import { isatty, WriteStream } from "node:tty";

const waiting = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length;) {
    try {
      from += writeSync(descriptor, bytes, from);
    } catch (error) {
      // A pipe whose reader is slower than the program.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(waiting, 0, 0, 1);
    }
  }
}

interface Chunk {
  readonly chunk: string | Uint8Array;
  readonly encoding: BufferEncoding;
}

type Listener = (chunk: string | Uint8Array, isError: boolean) => void;

let listener: Listener | undefined;

/** From now on `listen` hears what is printed, after it was. */
export function listenToOutput(listen: Listener): void {
  listener = listen;
}

/** What the program made of JavaScript may be in the listener's way; the program must not stumble over that. */
function hear(chunk: string | Uint8Array, descriptor: number): void {
  try {
    listener?.(chunk, descriptor === 2);
  } catch {
    listener = undefined;
  }
}

let isQuiet = false;
let isMuted = false;

/** What the program prints is heard, but was printed already. */
export function mute(muted: boolean): void {
  isMuted = muted;
}

/** What the task prints goes nowhere: it is code of the program's that runs once more, for a person to look. */
export function quietly<T>(task: () => T): T {
  const before = isQuiet;
  isQuiet = true;
  try {
    return task();
  } finally {
    isQuiet = before;
  }
}

/** Makes a worker's stream write to the descriptor itself. It stays the same object: Node keeps calling it from inside. */
function writeDirectly(stream: Writable, descriptor: number): void {
  const { getColorDepth, hasColors } = WriteStream.prototype;
  const _writev = (chunks: readonly Chunk[], done: (error?: Error | null) => void): void => {
    if (isQuiet) return done();
    try {
      for (const { chunk, encoding } of chunks) {
        if (!isMuted) writeAll(descriptor, typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
        hear(chunk, descriptor);
      }
      done();
    } catch (error) {
      // Nobody reads any more; the program need not mind.
      done((error as NodeJS.ErrnoException).code === "EPIPE" ? null : (error as Error));
    }
  };
  Object.assign(stream, { _writev, fd: descriptor, isTTY: isatty(descriptor), getColorDepth, hasColors });
}

/** Call before anything is printed. */
export function takeOutput(): void {
  writeDirectly(process.stdout, 1);
  writeDirectly(process.stderr, 2);
}
