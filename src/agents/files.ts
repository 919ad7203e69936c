/** The files that a tool may touch. */
import { realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { Refusal, type House } from "./tool.ts";

/**
 * The model file that is meant, absolute.
 * @throws Refusal where it isn't there, or lies outside of the folders, through a link too
 */
export function modelFile(path: string, { folders }: House): string {
  const file = isAbsolute(path) ? resolve(path) : join(folders[0] ?? process.cwd(), path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Refusal(`There is no file ${path}. A model file ends in .model.ts; its path is absolute or begins in ${folders[0]}.`);
  if (!found.isFile()) throw new Refusal(`${path} is no file.`);
  if (!folders.some((folder) => isInside(realpathSync(folder), realpathSync(file)))) {
    throw new Refusal(`${path} is not in the folders that are open here: ${folders.join(", ")}.`);
  }
  return file;
}

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== ".." && !way.startsWith("../") && !way.startsWith("..\\") && !isAbsolute(way);
}
