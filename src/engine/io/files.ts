/** The one place where the engine touches files: through the runtime it happens to run in, if that has any. */
import { ArgumentError, KindlingError } from "../errors.ts";

interface FileSystem {
  readFileSync(path: string | URL): Uint8Array;
  writeFileSync(path: string | URL, bytes: Uint8Array): void;
  renameSync(from: string | URL, to: string | URL): void;
  rmSync(path: string | URL, options: { force: boolean }): void;
  readdirSync(path: string | URL, options: { withFileTypes: true }): { name: string; isDirectory(): boolean }[];
}

/** @param what "read" or "written" */
function fileSystem(what = "read"): FileSystem {
  const runtime = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process;
  const found = runtime?.getBuiltinModule?.("node:fs");
  if (!found) throw new KindlingError(`files can't be ${what} here: this JavaScript runtime offers no file system`);
  return found as FileSystem;
}

/**
 * A file's name in messages: its path or address.
 * @throws ArgumentError for what is neither. A number in particular would be an open file of the process, which may never end.
 */
export function nameOf(pathOrUrl: string | URL): string {
  if (pathOrUrl instanceof URL) return pathOrUrl.href;
  if (typeof pathOrUrl === "string" && pathOrUrl !== "" && !pathOrUrl.includes("\0")) return pathOrUrl;
  const given = typeof pathOrUrl === "string" ? `the text ${JSON.stringify(pathOrUrl)}` : kindOf(pathOrUrl);
  throw new ArgumentError(`a file is named by its path, a text such as "model.pt", or by a file: URL, but got ${given}`, "TypeError");
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? `a ${(value.constructor as { name?: string } | undefined)?.name ?? "object"}` : `a ${typeof value}`;
}

/** A path or `file:` address as the file system takes it. */
function location(pathOrUrl: string | URL): string | URL {
  nameOf(pathOrUrl);
  const url = typeof pathOrUrl === "string" && /^[a-z][a-z0-9+.-]+:\/\//i.test(pathOrUrl) ? new URL(pathOrUrl) : pathOrUrl;
  if (url instanceof URL && url.protocol !== "file:") {
    throw new KindlingError(`can't read ${url.href}: only files can be read directly; fetch() it first and pass on the text`);
  }
  return url;
}

/** The path or address of another file in the same folder. @param file its name there */
export function besideFile(pathOrUrl: string | URL, file: string): string | URL {
  const found = location(pathOrUrl);
  return found instanceof URL ? new URL(encodeURIComponent(file), found) : found.replace(/[^/\\]*$/, () => file);
}

/** The contents of a file. @throws KindlingError that names the file if it can't be read */
export function readFile(pathOrUrl: string | URL): Uint8Array {
  const { buffer, byteOffset, byteLength } = named("read", pathOrUrl, () => fileSystem().readFileSync(location(pathOrUrl)));
  // Node gives a Buffer, whose slice() is no copy: what reads files counts on a plain array's methods.
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Writes a file. It appears under its name only when it is complete, so that one that was there before is lost at no time.
 * @throws KindlingError that names the file if it can't be written
 */
export function writeFile(pathOrUrl: string | URL, bytes: Uint8Array): void {
  named("write", pathOrUrl, () => {
    const files = fileSystem("written");
    const target = location(pathOrUrl);
    const unfinished = target instanceof URL ? new URL(`${target.href}.unfinished`) : `${target}.unfinished`;
    try {
      files.writeFileSync(unfinished, bytes);
      files.renameSync(unfinished, target);
    } catch (error) {
      files.rmSync(unfinished, { force: true });
      throw error;
    }
  });
}

/** JavaScript's longest string. */
const LONGEST_TEXT = 2 ** 29 - 24;

/** A text file in UTF-8, or in UTF-16 with its byte order mark. @throws KindlingError that names the file if it is neither */
export function readTextFile(pathOrUrl: string | URL): string {
  const bytes = readFile(pathOrUrl);
  const name = nameOf(pathOrUrl);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  if (bytes.length / (encoding === "utf-8" ? 1 : 2) > LONGEST_TEXT) {
    throw new KindlingError(
      `${name} has ${bytes.length} bytes of text, where 512 MiB are the most that can be read; split it into several files, or save its numbers as .npy`,
    );
  }
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.slice(0, 1000).includes("\0")) return text;
  } catch {
    // Said below.
  }
  throw new KindlingError(`${name} is no text in UTF-8, nor in UTF-16 with a byte order mark; save it as UTF-8`);
}

/** What a folder holds, in the order of the names' characters. @throws KindlingError that names the folder if it can't be read */
export function listFolder(pathOrUrl: string | URL): { name: string; isFolder: boolean }[] {
  return named("read folder", pathOrUrl, () => fileSystem().readdirSync(location(pathOrUrl), { withFileTypes: true }))
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Runs an access to a file; errors name it. */
function named<T>(access: string, pathOrUrl: string | URL, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof KindlingError) throw error;
    const { code, message } = error as { code?: string; message: string };
    throw new KindlingError(`can't ${access} ${nameOf(pathOrUrl)}: ${reasons[code ?? ""]?.(access, pathOrUrl) ?? message}`);
  }
}

const reasons: Readonly<Record<string, (access: string, pathOrUrl: string | URL) => string>> = {
  ENOENT: (access, pathOrUrl) => `there is no such ${access === "read" ? "file" : "folder"}${whence(pathOrUrl)}`,
  EISDIR: () => "it is a folder, not a file",
  ENOTDIR: (access) => (access === "read folder" ? "it is a file, not a folder" : "a part of its path is a file, not a folder"),
  EACCES: (access) => `you have no permission to ${access.split(" ")[0]} there`,
  EPERM: (access) => `you have no permission to ${access.split(" ")[0]} there`,
  EROFS: () => "nothing can be written to this disk",
  ENOSPC: () => "the disk is full",
  ENAMETOOLONG: () => "the name is too long",
  ELOOP: () => "its links lead in a circle",
  EMFILE: () => "too many files are open",
  ERR_FS_FILE_TOO_LARGE: () => "it is larger than 2 GiB, which is the most that can be read at once; save it in several files",
};

/** Where a relative path was looked for. */
function whence(pathOrUrl: string | URL): string {
  const runtime = (globalThis as { process?: { cwd?: () => string } }).process;
  const isRelative = typeof pathOrUrl === "string" && !/^([/\\]|[a-z]:|file:)/i.test(pathOrUrl);
  return isRelative && runtime?.cwd ? ` (looked for from ${runtime.cwd()})` : "";
}
