/** The folder in which a bundled program lies until its thread has read it. */
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isProcess } from "../keep/isProcess.ts";
import type { Problem } from "../protocol/index.ts";
import { startOf } from "./problems.ts";

const prefix = "kindling-run-";

export class ProgramFolder {
  readonly #path: string;
  /** URL of the program, as stack traces name it. */
  readonly program: string;

  /** @throws the system's error where nothing can be written; see `unwritableProblem` */
  constructor(code: string) {
    // A link would not be in the traces.
    this.#path = realpathSync.native(mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`)));
    const file = join(this.#path, "program.mjs");
    this.program = pathToFileURL(file).href;
    try {
      writeFileSync(file, code);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}

/** Removes what killed runs left behind. */
export function sweepProgramFolders(): void {
  try {
    for (const name of readdirSync(tmpdir())) {
      const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : NaN;
      if (owner > 0 && !isProcess(owner)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  } catch {
    // Another user's, or no folder at all, which the run itself will tell.
  }
}

/** @param file the entry */
export function unwritableProblem(error: NodeJS.ErrnoException, file: string): Problem {
  const message =
    `To run this file, Kindling writes its program to the folder for temporary files, ${tmpdir()}, but ${reason(error)}. ` +
    "Mend that, or set TMPDIR to another folder, then run it again.";
  return { severity: "error", code: "temporaryFolder", message, position: startOf(file) };
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "ENOENT":
      return "there is no such folder";
    case "ENOTDIR":
      return "that is not a folder";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "nothing may be written there";
    case "ENOSPC":
    case "EDQUOT":
      return "it is full";
    default:
      return `that failed: ${message}`;
  }
}
