/** Files and folders that the command line names. */
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { misspelledName } from "../engine/forms/nearest.ts";
import { printable } from "./problemText.ts";
import { UsageError } from "./usageError.ts";

/** @throws UsageError where there is none */
export function existingFile(file: string): string {
  const path = resolve(file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new UsageError(`there is no file ${printable(file)}${meantText(file)}`);
  if (found.isDirectory()) throw new UsageError(`${printable(file)} is a folder; which file in it?`);
  return path;
}

/** A file that can be run. @throws UsageError where there is none, or it is in another language */
export function existingProgram(file: string): string {
  const path = existingFile(file);
  if (/\.[cm]?[jt]sx?$/i.test(path)) return path;
  const way = /\.py$/i.test(path) ? "; `kindling from-python FILE.py` translates it" : "";
  throw new UsageError(`${printable(file)} is neither TypeScript nor JavaScript${way}`);
}

/** @throws UsageError where there is none, or it is in another language */
export function existingPython(file: string): string {
  const path = existingFile(file);
  if (!/\.pyw?$/i.test(path)) throw new UsageError(`${printable(file)} is not Python: its name ends otherwise than in .py`);
  return path;
}

/** @throws UsageError where there is none */
export function existingFolder(folder: string): string {
  const path = resolve(folder);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`there is no folder ${printable(folder)}`);
  return path;
}

/** The file beside it that was probably meant: by what stands before their endings, which most have in common. */
function meantText(file: string): string {
  const folder = dirname(file);
  const names = namesIn(resolve(folder)).filter((name) => ["", extname(name)].includes(extname(file)));
  const meant = misspelledName(stemOf(basename(file)), names.map(stemOf));
  const name = names.find((one) => stemOf(one) === meant);
  return name === undefined ? "" : `; did you mean ${printable(join(folder, name))}?`;
}

const stemOf = (name: string): string => name.split(".")[0]!;

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() && !entry.name.startsWith(".") ? [entry.name] : []));
  } catch {
    return [];
  }
}
