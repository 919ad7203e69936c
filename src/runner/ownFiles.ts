/** The user's own files of one program: each is known by its real path, and called what the user calls it. */
import { realpathSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";

export class OwnFiles {
  /** The entry's real path. */
  readonly entry: string;
  /** Real path → the path by which it was reached: through whatever links the user came. */
  readonly #names = new Map<string, string>();

  /** @param opened the entry as the user opened it */
  constructor(opened: string) {
    this.entry = realPath(opened) ?? opened;
    this.#names.set(this.entry, opened);
  }

  /** As the user calls them, the entry first. */
  get names(): string[] {
    return [...this.#names.values()];
  }

  get realPaths(): string[] {
    return [...this.#names.keys()];
  }

  has(real: string): boolean {
    return this.#names.has(real);
  }

  nameOf(real: string): string {
    return this.#names.get(real) ?? real;
  }

  /** Notes that `importer` came to `real` by `specifier`; the first way counts. */
  reach(importer: string, specifier: string, real: string): void {
    if (this.#names.has(real)) return;
    const asked = resolve(dirname(this.nameOf(importer)), specifier);
    const ending = extname(real);
    // The last is for what goes by another name, as `#lib/part` or a path of tsconfig's.
    const besideEntry = join(dirname(this.nameOf(this.entry)), relative(dirname(this.entry), real));
    const candidates = [asked, asked + ending, join(dirname(asked), basename(real)), join(asked, `index${ending}`), besideEntry];
    this.#names.set(real, candidates.find((candidate) => realPath(candidate) === real) ?? real);
  }

  /**
   * Where the file itself believes to be (`import.meta.url`, `__dirname`): where the user reached it. Only what is a link
   * itself, and not merely in a linked folder, is where it leads to, for so are the files around it.
   */
  placeOf(real: string): string {
    const name = this.nameOf(real);
    return basename(name) === basename(real) && realPath(dirname(name)) === dirname(real) ? name : real;
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
