/** The one place where the engine touches files: through the runtime it happens to run in, if that has any. */
import { KindlingError } from "../errors.ts";

interface FileSystem {
  readFileSync(path: string | URL): Uint8Array;
}

function fileSystem(): FileSystem {
  const runtime = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process;
  const found = runtime?.getBuiltinModule?.("node:fs");
  if (!found) throw new KindlingError("files can't be read here: this JavaScript runtime offers no file system");
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
  try {
    return fileSystem().readFileSync(location(pathOrUrl));
  } catch (error) {
    if (error instanceof KindlingError) throw error;
    const { code, message } = error as { code?: string; message: string };
    const reason = code === "ENOENT" ? "there is no such file" : message;
    throw new KindlingError(`can't read ${String(pathOrUrl)}: ${reason}`);
  }
}

/** A text file in UTF-8, without its byte order mark. */
export function readTextFile(pathOrUrl: string | URL): string {
  return new TextDecoder().decode(readFile(pathOrUrl));
}
