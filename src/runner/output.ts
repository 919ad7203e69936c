/**
 * The program's stdout and stderr. A worker thread's own streams pass through the main thread and stand still while the
 * program is busy; these write at once.
 */
import { writeSync } from "node:fs";
import { Writable } from "node:stream";
import { isatty, WriteStream } from "node:tty";

const waiting = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(descriptor, bytes, from);
    } catch (error) {
      // A pipe whose reader is slower than the program.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(waiting, 0, 0, 1);
    }
  }
}

function directStream(descriptor: number): Writable {
  const stream = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      try {
        writeAll(descriptor, chunk);
        done();
      } catch (error) {
        // Nobody reads any more; the program need not mind.
        done((error as NodeJS.ErrnoException).code === "EPIPE" ? null : (error as Error));
      }
    },
  });
  const { getColorDepth, hasColors } = WriteStream.prototype;
  return Object.assign(stream, { fd: descriptor, isTTY: isatty(descriptor), getColorDepth, hasColors });
}

/** Call before anything is printed: the console takes its streams on first use. */
export function takeOutput(): void {
  Object.defineProperty(process, "stdout", { configurable: true, enumerable: true, value: directStream(1) });
  Object.defineProperty(process, "stderr", { configurable: true, enumerable: true, value: directStream(2) });
}
