/** Small files that are replaced as a whole: half a file never takes the place of a whole one. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Codec } from "../run/codec.ts";

export function writeWhole(path: string, json: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(json)}\n`);
  renameSync(`${path}.new`, path);
}

/** @returns nothing where there is no such file, or none that can be understood */
export function readWhole<T>(path: string, codec: Codec<T>): T | undefined {
  try {
    return codec.decode(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
