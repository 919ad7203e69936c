/**
 * The files that a program reads and writes. Of what it reads a fingerprint is written down, so that a repetition is known to
 * read the same. What a repetition writes is held in memory until it has come to where it goes on. From then on a file that it
 * wrote is put down as it was at that moment as soon as the program does anything more to it, so that what it adds stands where
 * it stood then; of what it doesn't touch again the file on disk stays.
 */
import { createHash } from "node:crypto";
import fs, { type PathLike } from "node:fs";
import { devNull } from "node:os";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Answers } from "./answers.ts";

export interface FilesOptions {
  readonly answers: Answers;
  /** Folders that are none of the program's business. */
  readonly foreign: readonly string[];
  /** Whether it is a repetition that has not arrived yet: nothing that it does to files is done twice. */
  readonly isRepeating: () => boolean;
  /** A file isn't what it was. */
  readonly parted: (reason: string) => void;
}

type Content = string | Uint8Array;
/** What a read came to: a fingerprint, or the code of the system's error. */
type Seen = { readonly of: string } | { readonly failed: string };
type Options = BufferEncoding | { readonly encoding?: BufferEncoding | null; readonly flag?: string } | null | undefined;
type Done<T> = (error: Error | null, value?: T) => void;

/** A file that is larger is known by its size and by when it was changed. */
const largest = 64e6;

export class WorldFiles {
  readonly #options: FilesOptions;
  /** What the repetition wrote by path; `null`: it removed it. */
  readonly #written = new Map<string, Buffer | null>();
  /** Those of them that it only added to: what was in them before is not known. */
  readonly #addedTo = new Set<string>();
  /** What it opened to write to, by descriptor: the file, and the descriptor that it is written by once the repetition has arrived. */
  readonly #open = new Map<number, { readonly path: string; real?: number }>();
  /** Node opens files by the very functions that programs call. */
  #isInside = false;

  /** Call before the program runs, and `syncBuiltinESMExports` after it. */
  constructor(options: FilesOptions) {
    this.#options = options;
    this.#watchReading();
    this.#watchListing();
    this.#watchWriting();
    this.#watchOpening();
  }

  // --- reading ------------------------------------------------------------------------------------------------------

  #watchReading(): void {
    const { readFileSync } = fs;
    const { readFile } = fs.promises;
    const read = (path: PathLike | number, options?: Options): Content => {
      if (path === 0) return this.#input(() => readFileSync(0), options);
      if (typeof path === "number" || !this.#isOfProgram(path)) return readFileSync(path, options);
      return this.#read(path, options, () => readFileSync(path, options));
    };
    const later = async (path: PathLike | fs.promises.FileHandle, options?: Options): Promise<Content> => {
      if (!isPath(path) || !this.#isOfProgram(path)) return readFile(path, options);
      const content = this.#held(path) === undefined ? await readFile(path, options).catch((error: Error) => error) : undefined;
      return this.#read(path, options, () => {
        if (content instanceof Error) throw content;
        return content ?? "";
      });
    };
    Object.assign(fs, { readFileSync: read, readFile: withCallback(later) });
    Object.assign(fs.promises, { readFile: later });
  }

  #read(path: PathLike, options: Options, now: () => Content): Content {
    const name = nameOf(path);
    const held = this.#held(path);
    let content: Content;
    try {
      if (held === null) throw systemError("ENOENT", "open", name);
      content = held ? decoded(held, options) : this.#inside(now);
    } catch (error) {
      this.#saw(name, { failed: (error as NodeJS.ErrnoException).code ?? "" });
      throw error;
    }
    this.#saw(name, { of: fingerprint(content) });
    return content;
  }

  /** What the task does to files is no doing of the program's. */
  #inside<T>(task: () => T): T {
    const before = this.#isInside;
    this.#isInside = true;
    try {
      return task();
    } finally {
      this.#isInside = before;
    }
  }

  /** What stands on stdin is read once. */
  #input(now: () => Uint8Array, options: Options): Content {
    const text = this.#options.answers.ask("stdin, all of it", () => Buffer.from(now()).toString("base64"));
    return decoded(Buffer.from(text, "base64"), options);
  }

  /** @throws what the system said then, where the file could not be read */
  #saw(name: string, seen: Seen): void {
    const { answers, isRepeating, parted } = this.#options;
    const then = answers.take<Seen>(`file ${name}`);
    answers.add(`file ${name}`, then ?? seen);
    if (then === undefined || !isRepeating()) return;
    if ("failed" in then) {
      if (!("failed" in seen)) throw systemError(then.failed, "open", name);
    } else if ("failed" in seen) parted(`the file ${name} can't be read any more`);
    else if (seen.of !== then.of) parted(`the file ${name} has changed since`);
  }

  /** Node reads the program itself, and Kindling, by the same functions. */
  #isOfProgram(path: PathLike): boolean {
    if (this.#isInside) return false;
    const name = nameOf(path);
    return !this.#options.foreign.some((folder) => name.startsWith(folder));
  }

  #held(path: PathLike): Buffer | null | undefined {
    const name = nameOf(path);
    return this.#options.isRepeating() || !this.#addedTo.has(name) ? this.#written.get(name) : undefined;
  }

  // --- listing ------------------------------------------------------------------------------------------------------

  #watchListing(): void {
    const { answers } = this.#options;
    const { existsSync, readdirSync } = fs;
    const exists = (path: PathLike): boolean => answers.ask(`is there ${nameOf(path)}`, () => existsSync(path));
    const list = (path: PathLike, options?: object): unknown => {
      const entries = readdirSync(path, options as never) as unknown as (string | { readonly name: string })[];
      const names = entries.map((entry) => (typeof entry === "string" ? entry : entry.name)).sort();
      this.#saw(nameOf(path), { of: fingerprint(names.join("\n")) });
      return entries;
    };
    Object.assign(fs, { existsSync: exists, readdirSync: list, readdir: withCallback(async (path: PathLike, options?: object) => list(path, options)) });
    Object.assign(fs.promises, { readdir: async (path: PathLike, options?: object) => list(path, options) });
  }

  // --- writing ------------------------------------------------------------------------------------------------------

  #watchWriting(): void {
    this.#write("writeFile", (path: PathLike, content: unknown, options?: Options) => {
      const isAdded = typeof options === "object" && options?.flag?.startsWith("a") === true;
      if (isAdded) this.#add(path, content, options);
      else this.#put(path, encoded(content, options));
    });
    this.#write("appendFile", (path: PathLike, content: unknown, options?: Options) => this.#add(path, content, options));
    this.#write("copyFile", (from: PathLike, to: PathLike) => this.#put(to, this.#bytes(from)));
    this.#write("rename", (from: PathLike, to: PathLike) => {
      this.#put(to, this.#bytes(from));
      this.#put(from, null);
    });
    for (const name of ["unlink", "rm"] as const) this.#write(name, (path: PathLike) => this.#put(path, null));
    for (const name of ["mkdir", "rmdir", "chmod", "utimes", "truncate"] as const) this.#write(name, () => undefined);
    this.#watchStreams();
    this.#watchDescriptors();
  }

  #watchStreams(): void {
    const { createWriteStream } = fs;
    const stream = (path: PathLike, given?: BufferEncoding | object): fs.WriteStream => {
      if (!this.#options.isRepeating()) {
        this.#settle(path);
        return createWriteStream(path, given as never);
      }
      const options = typeof given === "string" ? { encoding: given } : given;
      return createWriteStream(path, { fs: this.#streamed(path), ...options });
    };
    Object.assign(fs, { createWriteStream: stream });
  }

  /** What a stream that is opened in a repetition writes by. */
  #streamed(path: PathLike): typeof fs {
    const open = (_path: string, flags: string, _mode: number, done: Done<number>): void => process.nextTick(done, null, this.#hold(path, flags));
    const write = (...words: Parameters<typeof fs.write>): void => fs.write(...words);
    return { open, write, close: (descriptor: number, done: Done<void>) => fs.close(descriptor, done) } as unknown as typeof fs;
  }

  /** A program that keeps a file open over many steps goes on writing to it. */
  #watchDescriptors(): void {
    const { writeSync, write, fsyncSync, closeSync, close } = fs;
    const target = (descriptor: number, words: readonly unknown[]): number => {
      const held = this.#open.get(descriptor);
      if (!held) return descriptor;
      // What is written to nowhere is still counted by the system as it would be.
      if (this.#options.isRepeating()) this.#add(held.path, pieceOf(words));
      else held.real ??= this.#reopened(held.path);
      return held.real ?? descriptor;
    };
    Object.assign(fs, {
      writeSync: (descriptor: number, ...words: [never]) => writeSync(target(descriptor, words), ...words),
      write: (descriptor: number, ...words: [never, never]) => write(target(descriptor, words), ...words),
      fsyncSync: (descriptor: number) => (this.#open.has(descriptor) ? undefined : fsyncSync(descriptor)),
      closeSync: (descriptor: number) => (this.#shut(descriptor), closeSync(descriptor)),
      close: (descriptor: number, done?: (error: Error | null) => void) => (this.#shut(descriptor), close(descriptor, done)),
    });
  }

  /** Opens a file to be written to in a repetition. @returns a descriptor */
  #hold(path: PathLike, flags: fs.OpenMode): number {
    const descriptor = this.#inside(() => openedAs(devNull, "r+"));
    this.#begin(descriptor, path, flags);
    return descriptor;
  }

  #begin(descriptor: number, path: PathLike, flags: fs.OpenMode): void {
    const isAdded = typeof flags === "string" ? flags.startsWith("a") : (flags & fs.constants.O_APPEND) !== 0;
    if (!isAdded) this.#put(path, Buffer.alloc(0));
    this.#open.set(descriptor, { path: nameOf(path) });
  }

  /** The same as a handle. It writes by its descriptor, as all do. */
  #holdHandle(handle: fs.promises.FileHandle, path: PathLike, flags: fs.OpenMode): fs.promises.FileHandle {
    const { fd } = handle;
    this.#begin(fd, path, flags);
    const put = async (content: string | Uint8Array, options?: Options): Promise<void> => void fs.writeSync(fd, encoded(content, options));
    const write = async (buffer: never, ...words: never[]): Promise<object> => ({ bytesWritten: fs.writeSync(fd, buffer, ...words), buffer });
    const close = handle.close.bind(handle);
    return Object.assign(handle, { write, writeFile: put, appendFile: put, close: () => (this.#shut(fd), close()) });
  }

  /** Of one that was opened in a repetition, what it has been written by since. */
  #shut(descriptor: number): void {
    const real = this.#open.get(descriptor)?.real;
    if (real !== undefined) closed(real);
    this.#open.delete(descriptor);
  }

  #reopened(path: string): number {
    this.#settle(path);
    return this.#inside(() => openedAs(path, "a"));
  }

  /** The file becomes what the program left it as, when nothing reached the disk; unless it only added to what was there before. */
  #settle(path: PathLike): void {
    const name = nameOf(path);
    const held = this.#written.get(name);
    this.#written.delete(name);
    if (held === undefined || this.#addedTo.delete(name)) return;
    this.#inside(() => {
      if (held) {
        madeFolder(dirname(name), { recursive: true });
        writtenTo(name, held);
      } else if (fs.statSync(name, { throwIfNoEntry: false })?.isFile()) removed(name);
    });
  }

  /** In each of its three forms. @param hold what takes its place until the repetition has arrived */
  #write<Words extends unknown[]>(
    name: "writeFile" | "appendFile" | "copyFile" | "rename" | "unlink" | "rm" | "mkdir" | "rmdir" | "chmod" | "utimes" | "truncate",
    hold: (...words: Words) => void,
  ): void {
    const { isRepeating } = this.#options;
    const hasTwoPaths = name === "copyFile" || name === "rename";
    const now = (fs as unknown as Record<string, (...words: unknown[]) => unknown>)[`${name}Sync`]!;
    const later = (fs.promises as unknown as Record<string, (...words: unknown[]) => Promise<unknown>>)[name]!;
    const begin = (words: unknown[]): boolean => {
      if (isRepeating() && isPath(words[0])) {
        hold(...(words as Words));
        return true;
      }
      for (const word of words.slice(0, hasTwoPaths ? 2 : 1)) if (isPath(word)) this.#settle(word);
      return false;
    };
    const promised = async (...words: unknown[]): Promise<unknown> => (begin(words) ? undefined : later(...words));
    Object.assign(fs, { [`${name}Sync`]: (...words: unknown[]) => (begin(words) ? undefined : now(...words)), [name]: withCallback(promised) });
    Object.assign(fs.promises, { [name]: promised });
  }

  #put(path: PathLike, content: Buffer | null): void {
    const name = nameOf(path);
    this.#written.set(name, content);
    this.#addedTo.delete(name);
  }

  #add(path: PathLike, content: unknown, options?: Options): void {
    const name = nameOf(path);
    const held = this.#written.get(name);
    if (held === undefined) this.#addedTo.add(name);
    this.#written.set(name, Buffer.concat([held ?? Buffer.alloc(0), encoded(content, options)]));
  }

  /** Of a file that the task copies, which is no reading of the program's. */
  #bytes(path: PathLike): Buffer {
    const held = this.#written.get(nameOf(path));
    if (held === null) throw systemError("ENOENT", "open", nameOf(path));
    return held ?? this.#inside(() => wholeOf(path));
  }

  // --- opening ------------------------------------------------------------------------------------------------------

  /** Files that are read piece by piece are known by what they are when they are opened. */
  #watchOpening(): void {
    const { openSync, createReadStream } = fs;
    const { open: openLater } = fs.promises;
    /** @returns whether it is opened to be written to, and held */
    const look = (path: unknown, flags: unknown): path is PathLike => {
      if (!isPath(path) || !this.#isOfProgram(path)) return false;
      if (!isForReading(flags)) {
        if (this.#options.isRepeating()) return true;
        this.#settle(path);
      } else {
        this.#saw(
          nameOf(path),
          this.#inside(() => seenFrom(path)),
        );
      }
      return false;
    };
    Object.assign(fs, {
      openSync: (path: PathLike, flags: fs.OpenMode = "r", mode?: never) => (look(path, flags) ? this.#hold(path, flags) : openSync(path, flags, mode)),
      createReadStream: (path: PathLike, options?: never) => {
        const held = isPath(path) ? this.#held(path) : undefined;
        if (held) return Readable.from([held]);
        look(path, "r");
        return createReadStream(path, options);
      },
    });
    Object.assign(fs.promises, {
      open: async (path: PathLike, flags: fs.OpenMode = "r", mode?: never) =>
        look(path, flags) ? this.#holdHandle(await openLater(devNull, "r+"), path, flags) : openLater(path, flags as string, mode),
    });
  }
}

function withCallback<Words extends unknown[], T>(later: (...words: Words) => Promise<T>): (...words: unknown[]) => void {
  return (...words) => {
    const done = words.pop() as Done<T>;
    later(...(words as Words)).then(
      (value) => done(null, value),
      (error: Error) => done(error),
    );
  };
}

function isPath(path: unknown): path is PathLike {
  return typeof path === "string" || path instanceof URL || Buffer.isBuffer(path);
}

function isForReading(flags: unknown): boolean {
  return flags === "r" || flags === fs.constants.O_RDONLY;
}

function nameOf(path: PathLike): string {
  return resolve(path instanceof URL ? fileURLToPath(path) : String(path));
}

function encodingOf(options: Options): BufferEncoding | undefined {
  return (typeof options === "string" ? options : options?.encoding) ?? undefined;
}

function decoded(bytes: Buffer, options: Options): Content {
  const encoding = encodingOf(options);
  return encoding === undefined ? Buffer.from(bytes) : bytes.toString(encoding);
}

function encoded(content: unknown, options: Options): Buffer {
  if (typeof content === "string") return Buffer.from(content, encodingOf(options));
  const { buffer, byteOffset, byteLength } = content as Uint8Array;
  return Buffer.from(Buffer.from(buffer, byteOffset, byteLength));
}

function fingerprint(content: Content): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

function seenFrom(path: PathLike): Seen {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (!found) return { failed: "ENOENT" };
  return { of: found.size > largest || !found.isFile() ? `${found.size} bytes of ${found.mtimeMs}` : fingerprint(wholeOf(path)) };
}

/** What `fs.write` is given to write. */
function pieceOf([content, second, third]: readonly unknown[]): Buffer {
  if (typeof content === "string") return Buffer.from(content, typeof third === "string" ? (third as BufferEncoding) : undefined);
  const bytes = encoded(content, undefined);
  const { offset = 0, length = bytes.length - offset } =
    typeof second === "object" && second !== null
      ? (second as { readonly offset?: number; readonly length?: number })
      : { offset: (second as number | undefined) ?? 0, length: typeof third === "number" ? third : undefined };
  return bytes.subarray(offset, offset + length);
}

/** What is on disk, as the system reads and writes it, told to nobody. */
const { readFileSync: wholeOf, writeFileSync: writtenTo, unlinkSync: removed, mkdirSync: madeFolder, openSync: openedAs, closeSync: closed } = fs;

function systemError(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });
}
