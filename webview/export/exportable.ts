/** What can be taken away from the panel as a file. */

/** A chart, a picture, a graph, a table. Each part is made when it is asked for. */
export interface Exportable {
  /** The file's name, without its ending. */
  readonly name: string;
  /** A whole document, with a size in pixels, that needs nothing else: no style sheet, no font file. Absent where nothing is drawn. */
  svg?(): string;
  /** The table as it is shown, in Markdown, where it is one to be read. */
  md?(): string;
  /** The numbers that are drawn, in full precision, below one line of headings. */
  csv(): string;
}

/** A chart, which can be saved as a drawing. */
export type ExportableChart = Exportable & Required<Pick<Exportable, "svg">>;

/** `digits head dloss-doutput step 7`: without what a file's name can't have. */
export function exportName(...words: readonly (string | undefined)[]): string {
  return words.filter(Boolean).join(" ").replaceAll("∂", "d").replaceAll("/", "-");
}

/** A line of a table, as RFC 4180 has it. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => (typeof cell === "number" ? String(cell) : quoted(cell))).join(",")}\r\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function escapeXml(text: string): string {
  // Characters that XML doesn't have, such as the escape of a terminal's colours, have no place in it.
  const known = text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd");
  return known.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
