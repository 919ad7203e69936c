/** Small files that are replaced as a whole: half a file never takes the place of a whole one. */
import { renameSync, writeFileSync } from "node:fs";

export function writeWhole(path: string, json: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(json)}\n`);
  renameSync(`${path}.new`, path);
}
