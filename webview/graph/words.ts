/** Widths of the graph's words, in the page's own font. */
import { font } from "../charts/theme.ts";

import type { Words } from "./marks.ts";

type Part = "title" | "type" | "label";

let context: CanvasRenderingContext2D | null = null;
const widths = new Map<string, number>();

/** In pixels of the graph. Titles are measured as if all were strong. */
function widthOf(text: string, part: Part): number {
  const key = `${part} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    context ??= document.createElement("canvas").getContext("2d")!;
    context.font = sizes[part] + font().replace(/^\S+/, "");
    widths.set(key, (width = context.measureText(text).width));
  }
  return width;
}

const sizes: Readonly<Record<Part, string>> = { title: "600 12px", type: "12px", label: "10px" };

/** The text, or as much of its beginning as there is room for. */
function shortened(text: string, room: number, part: Part): string {
  if (widthOf(text, part) <= room + 1) return text;
  let end = text.length;
  while (end > 1 && widthOf(`${text.slice(0, end)}…`, part) > room) end--;
  return `${text.slice(0, end)}…`;
}

export const words: Words = { widthOf, shortened };
