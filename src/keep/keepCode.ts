/** Keeps the program's own files as they were. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { codeFiles } from "./keptRun.ts";
import { names } from "./layout.ts";
import { writeWhole } from "./wholeFile.ts";

/** @param texts that run, where they aren't those on disk */
export function keepCode(folder: string, files: readonly string[], texts?: ReadonlyMap<string, string>): void {
  const root = commonFolder(files);
  const kept = files.map((path) => ({ path, name: relative(root, path).split(sep).join("/") }));
  for (const { path, name } of kept) {
    const copy = join(folder, names.code, name);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, texts?.get(path) ?? readFileSync(path));
  }
  writeWhole(join(folder, names.files), codeFiles.encode(kept));
}

function commonFolder(files: readonly string[]): string {
  const folders = files.map((file) => dirname(file).split(sep));
  const [first = []] = folders;
  let length = first.length;
  for (const folder of folders) while (length > 0 && folder.slice(0, length).join(sep) !== first.slice(0, length).join(sep)) length--;
  return first.slice(0, length).join(sep) || sep;
}
