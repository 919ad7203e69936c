/**
 * The files that a program reads and writes. Of what it reads a fingerprint is written down, so that a repetition is known to
 * read the same. What a repetition writes is held in memory until it has come to where it goes on: then everything is as usual.
 */
import { createHash } from "node:crypto";
import fs, { type PathLike } from "node:fs";
import { devNull } from "node:os";
import { resolve } from "node:path";
import { Readable, Writable } from "node:stream";
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
    return this.#options.isRepeating() || this.#written.size > 0 ? this.#written.get(nameOf(path)) : undefined;
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
      this.#put(path, isAdded ? this.#added(path, content, options) : encoded(content, options));
    });
    this.#write("appendFile", (path: PathLike, content: unknown, options?: Options) => this.#put(path, this.#added(path, content, options)));
    this.#write("copyFile", (from: PathLike, to: PathLike) => this.#put(to, this.#bytes(from)));
    this.#write("rename", (from: PathLike, to: PathLike) => {
      this.#put(to, this.#bytes(from));
      this.#written.set(nameOf(from), null);
    });
    for (const name of ["unlink", "rm"] as const) this.#write(name, (path: PathLike) => void this.#written.set(nameOf(path), null));
    for (const name of ["mkdir", "rmdir", "chmod", "utimes", "truncate"] as const) this.#write(name, () => undefined);
    const { createWriteStream } = fs;
    const stream = (path: PathLike, options?: never): Writable => {
      if (!this.#options.isRepeating()) return createWriteStream(path, options);
      this.#put(path, Buffer.alloc(0));
      return new Writable({ write: (chunk: Buffer, _encoding, done) => (this.#put(path, this.#added(path, chunk, undefined)), done()) });
    };
    Object.assign(fs, { createWriteStream: stream });
  }

  /** In each of its three forms. @param hold what takes its place until the repetition has arrived */
  #write<Words extends unknown[]>(
    name: "writeFile" | "appendFile" | "copyFile" | "rename" | "unlink" | "rm" | "mkdir" | "rmdir" | "chmod" | "utimes" | "truncate",
    hold: (...words: Words) => void,
  ): void {
    const { isRepeating } = this.#options;
    const now = (fs as unknown as Record<string, (...words: unknown[]) => unknown>)[`${name}Sync`]!;
    const later = (fs.promises as unknown as Record<string, (...words: unknown[]) => Promise<unknown>>)[name]!;
    const begin = (words: unknown[]): boolean => {
      if (isRepeating() && isPath(words[0])) {
        hold(...(words as Words));
        return true;
      }
      for (const word of words) if (isPath(word)) this.#written.delete(nameOf(word));
      return false;
    };
    const promised = async (...words: unknown[]): Promise<unknown> => (begin(words) ? undefined : later(...words));
    Object.assign(fs, { [`${name}Sync`]: (...words: unknown[]) => (begin(words) ? undefined : now(...words)), [name]: withCallback(promised) });
    Object.assign(fs.promises, { [name]: promised });
  }

  #put(path: PathLike, content: Buffer): void {
    this.#written.set(nameOf(path), content);
  }

  #added(path: PathLike, content: unknown, options: Options): Buffer {
    return Buffer.concat([this.#written.get(nameOf(path)) ?? Buffer.alloc(0), encoded(content, options)]);
  }

  #bytes(path: PathLike): Buffer {
    return encoded(fs.readFileSync(path), undefined);
  }

  // --- opening ------------------------------------------------------------------------------------------------------

  /** Files that are read piece by piece are known by what they are when they are opened. */
  #watchOpening(): void {
    const { openSync, createReadStream } = fs;
    const { open } = fs.promises;
    const look = (path: unknown, flags: unknown = "r"): unknown => {
      if (!isPath(path) || !this.#isOfProgram(path)) return path;
      if (flags !== "r" && flags !== fs.constants.O_RDONLY) return this.#options.isRepeating() ? devNull : path;
      this.#saw(
        nameOf(path),
        this.#inside(() => seenFrom(path)),
      );
      return path;
    };
    Object.assign(fs, {
      openSync: (path: PathLike, flags: fs.OpenMode = "r", mode?: never) => openSync(look(path, flags) as PathLike, flags, mode),
      createReadStream: (path: PathLike, options?: never) => {
        const held = isPath(path) ? this.#held(path) : undefined;
        if (held) return Readable.from([held]);
        return createReadStream(look(path) as PathLike, options);
      },
    });
    Object.assign(fs.promises, { open: async (path: PathLike, flags = "r", mode?: never) => open(look(path, flags) as PathLike, flags, mode) });
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

/** As it is on disk, told to nobody. */
const { readFileSync: wholeOf } = fs;

function systemError(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });
}
