/** The one place where the engine touches files: through the runtime it happens to run in, if that has any. */
import { KindlingError } from "../errors.ts";

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

/** A path or `file:` address as the file system takes it. */
function location(pathOrUrl: string | URL): string | URL {
  const url = typeof pathOrUrl === "string" && /^[a-z][a-z0-9+.-]+:\/\//i.test(pathOrUrl) ? new URL(pathOrUrl) : pathOrUrl;
  if (url instanceof URL && url.protocol !== "file:") {
    throw new KindlingError(`can't read ${url.href}: only files can be read directly; fetch() it first and pass on the text`);
  }
  return url;
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

/** What a folder holds, in the order of the names' characters. @throws KindlingError that names the folder if it can't be read */
export function listFolder(pathOrUrl: string | URL): { name: string; isFolder: boolean }[] {
  return named("read", pathOrUrl, () => fileSystem().readdirSync(location(pathOrUrl), { withFileTypes: true }))
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
    const reason = code === "ENOENT" ? `there is no such ${access === "write" ? "folder" : "file"}` : message;
    throw new KindlingError(`can't ${access} ${String(pathOrUrl)}: ${reason}`);
  }
}

/** A text file in UTF-8, without its byte order mark. */
export function readTextFile(pathOrUrl: string | URL): string {
  return new TextDecoder().decode(readFile(pathOrUrl));
}
