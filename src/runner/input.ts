/** The program's stdin. A worker thread's own is empty; this one reads what the process was given, from when it is first asked for. */
import { createReadStream, fstatSync } from "node:fs";
import { Socket } from "node:net";
import { Readable } from "node:stream";
import { isatty, ReadStream } from "node:tty";
import type { Answers } from "./world/answers.ts";

/** Call before the program runs. */
export function takeInput(): void {
  let stream: NodeJS.ReadableStream | undefined;
  Object.defineProperty(process, "stdin", { configurable: true, enumerable: true, get: () => (stream ??= make()) });
}

let make: () => NodeJS.ReadableStream = openInput;

/** What comes is written down; a repetition gets what came then. Call before the program runs. */
export function answerInput(answers: Answers, isRepeating: () => boolean): void {
  make = () => (isRepeating() ? inputOfThen(answers) : recordedInput(answers));
}

/** Its pieces in base64, and `null` for its end. */
const pieces = "stdin";

function recordedInput(answers: Answers): NodeJS.ReadableStream {
  const stream = openInput() as Readable;
  const push = stream.push.bind(stream);
  stream.push = (chunk: Uint8Array | string | null, encoding) => {
    answers.add(pieces, { piece: chunk === null ? null : Buffer.from(chunk as string, encoding).toString("base64") });
    return push(chunk, encoding);
  };
  return stream;
}

function inputOfThen(answers: Answers): NodeJS.ReadableStream {
  return new Readable({
    read() {
      const { piece } = answers.take<{ readonly piece: string | null }>(pieces) ?? { piece: null };
      answers.add(pieces, { piece });
      this.push(piece === null ? null : Buffer.from(piece, "base64"));
    },
  });
}

function openInput(): NodeJS.ReadableStream {
  if (isatty(0)) return waiting(new ReadStream(0));
  const kind = fstatSync(0);
  if (kind.isFIFO() || kind.isSocket()) return waiting(new Socket(pipe));
  return Object.assign(createReadStream("", { fd: 0, autoClose: false }), { fd: 0 });
}

/** `manualStart`, which Node's types leave out: what nobody has asked for stays where others may read it. */
const pipe = { fd: 0, readable: true, writable: false, manualStart: true };

/** As Node's own: a program that paused its stdin need not wait for it. */
function waiting<T extends Socket>(stream: T): T {
  stream.on("pause", () => stream.unref());
  stream.on("resume", () => stream.ref());
  stream.on("newListener", (event) => event === "readable" && stream.ref());
  return Object.assign(stream, { fd: 0 });
}
