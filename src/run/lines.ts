/** The newest of each line of a program that tells something. Pure. */
import type { LineNews, SourcePosition } from "../protocol/index.ts";

/** A line keeps its place among the others. */
export function withNews(lines: readonly LineNews[], news: readonly LineNews[]): readonly LineNews[] {
  const byPlace = new Map(lines.map((line) => [placeOf(line.position), line]));
  for (const line of news) byPlace.set(placeOf(line.position), line);
  return [...byPlace.values()];
}

function placeOf({ file, line, column }: SourcePosition): string {
  return `${line}:${column} ${file}`;
}
