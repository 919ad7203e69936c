/** The repository that a file is in, as it is now. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { GitState } from "./keptRun.ts";

const run = promisify(execFile);
/** Milliseconds that git may take; bytes of a difference that is kept. */
const patience = 10_000;
const longestDiff = 2_000_000;

/** @returns nothing where there is no repository, no commit, or no git */
export async function gitStateOf(folder: string): Promise<{ readonly state: GitState; readonly diff: string } | undefined> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (
      await run("git", ["-C", folder, ...args], {
        timeout: patience,
        maxBuffer: longestDiff,
        windowsHide: true,
        env: { ...process.env, GIT_OPTIONAL_LOCKS: "0" },
      })
    ).stdout;
  try {
    const commit = (await git("rev-parse", "HEAD")).trim();
    const branch = (await git("rev-parse", "--abbrev-ref", "HEAD")).trim();
    const isDirty = (await git("status", "--porcelain", "--untracked-files=no")).trim() !== "";
    const diff = isDirty ? await git("diff", "HEAD").catch(() => "") : "";
    return { state: { commit, isDirty, ...(branch !== "HEAD" && { branch }) }, diff };
  } catch {
    return undefined;
  }
}
