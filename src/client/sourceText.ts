/** The user's files as they are on disk. */
import { readFileSync } from "node:fs";

/** @returns undefined where the file can't be read */
export function sourceText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
