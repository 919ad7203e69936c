/** The files that a tool may touch. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { Refusal, type House } from "./tool.ts";

/**
 * The model file that is meant, absolute.
 * @throws Refusal where it isn't there, or lies outside of the folders, through a link too
 */
export function modelFile(path: string, { folders }: House): string {
  const file = placeOf(path, folders);
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Refusal(`There is no file ${path}. A model file ends in .model.ts; its path is absolute or begins in ${folders[0]}.`);
  if (!found.isFile()) throw new Refusal(`${path} is no file.`);
  refuseOutside(path, file, folders);
  return file;
}

/**
 * The folder that is meant, absolute, whether it is there already or not.
 * @throws Refusal where it lies outside of the folders, through a link too
 */
export function newFolder(path: string, { folders }: House): string {
  const folder = placeOf(path, folders);
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  refuseOutside(path, there, folders);
  if (!statSync(there).isDirectory()) throw new Refusal(`${path} can't be a folder: ${there} is a file.`);
  return folder;
}

function placeOf(path: string, [first = process.cwd()]: readonly string[]): string {
  return isAbsolute(path) ? resolve(path) : join(first, path);
}

function refuseOutside(path: string, place: string, folders: readonly string[]): void {
  if (folders.some((folder) => isInside(realpathSync(folder), realpathSync(place)))) return;
  throw new Refusal(`${path} is not in the folders that are open here: ${folders.join(", ")}.`);
}

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== ".." && !way.startsWith("../") && !way.startsWith("..\\") && !isAbsolute(way);
}
