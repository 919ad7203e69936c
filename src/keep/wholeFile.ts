/** Small files that are replaced as a whole: half a file never takes the place of a whole one. */
import { closeSync, ftruncateSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import type { Codec } from "../run/codec.ts";

export function writeWhole(path: string, json: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(json)}\n`);
  renameSync(`${path}.new`, path);
}

/** Where there is no room for a second file: over what is there. Whoever is killed meanwhile leaves half of it. Where that can't be either, it stays as it is. */
export function writeOver(path: string, json: unknown): void {
  try {
    const file = openSync(path, "r+");
    try {
      ftruncateSync(file, writeSync(file, `${JSON.stringify(json)}\n`, 0));
    } finally {
      closeSync(file);
    }
  } catch {}
}

/** @returns nothing where there is no such file, or none that can be understood */
export function readWhole<T>(path: string, codec: Codec<T>): T | undefined {
  try {
    return codec.decode(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
