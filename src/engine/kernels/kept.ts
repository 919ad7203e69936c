/** Answers that outlive a process: small files in the user's cache folder, each written once and never changed. */

interface Files {
  readFileSync(path: string, encoding: "utf8"): string;
  writeFileSync(path: string, text: string): void;
  mkdirSync(path: string, options: { recursive: true }): void;
  linkSync(from: string, to: string): void;
  rmSync(path: string, options: { force: true }): void;
}

interface System {
  homedir(): string;
}

/** What of Node is of use here, where this is Node. */
interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  getBuiltinModule?(name: "node:fs"): Files | undefined;
  getBuiltinModule?(name: "node:os"): System | undefined;
}

/**
 * What was kept under this name, or where nothing is: what `find` answers, which is kept from then on. Of processes that
 * find at the same time the first to write has the word, for the others, too.
 * @returns `null` where nothing can be kept: then an answer that chance has a part in had better not be used
 */
export function kept(name: string, find: () => string): string | null {
  const here = (globalThis as { process?: Surroundings }).process;
  const files = here?.getBuiltinModule?.("node:fs");
  if (here === undefined || files === undefined) return null;
  const file = `${cacheFolder(here)}/${name.replace(/[^\w.-]+/g, "-")}`;
  const before = read(files, file);
  if (before !== null) return before;
  const answer = find();
  try {
    files.mkdirSync(cacheFolder(here), { recursive: true });
    // Not with `Math.random`: what its first number is may be a program's to say.
    writeOnce(files, file, answer, `${file}.${here.pid}.${crypto.randomUUID()}`);
  } catch {
    // Somebody else was first, or it can't be written; what can be read says which.
  }
  return read(files, file);
}

/** As whole as it will ever be at the moment at which it is there, and nothing that is there is replaced. */
function writeOnce(files: Files, file: string, text: string, draft: string): void {
  try {
    files.writeFileSync(draft, text);
    files.linkSync(draft, file);
  } finally {
    files.rmSync(draft, { force: true });
  }
}

function read(files: Files, file: string): string | null {
  try {
    return files.readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** Where the user's programs keep what can be had again. `KINDLING_CACHE` is another place for ours. */
function cacheFolder({ env, getBuiltinModule }: Surroundings): string {
  return env["KINDLING_CACHE"] || `${env["XDG_CACHE_HOME"] || `${getBuiltinModule!("node:os")!.homedir()}/.cache`}/kindling`;
}
