/** Lays out code in lines of at most so many characters: what doesn't fit is broken at the outermost place. */

export type Doc = string | readonly Doc[] | Indent | Group | Line;

interface Indent {
  readonly indent: Doc;
}
interface Group {
  readonly group: Doc;
  /** Broken whether it fits or not. */
  readonly broken: boolean;
}
/** A place where a line may end; `flat` stands there where it doesn't, `broken` is added where it does. */
interface Line {
  readonly flat: string;
  readonly broken: string;
}

export const width = 120;

export const line: Doc = { flat: " ", broken: "" };
export const softLine: Doc = { flat: "", broken: "" };
export const trailingComma: Doc = { flat: "", broken: "," };

export function indent(doc: Doc): Doc {
  return { indent: doc };
}

export function group(doc: Doc, broken = false): Doc {
  return { group: doc, broken };
}

/** Entries between brackets, each on a line of its own where they don't fit on one. */
export function listed(open: string, entries: readonly Doc[], close: string, { spaced = false, broken = false, trailing = true } = {}): Doc {
  if (entries.length === 0) return open + close;
  const edge = spaced ? line : softLine;
  const inside = entries.flatMap((entry, at) => (at === 0 ? [entry] : [",", line, entry]));
  return group([open, indent([edge, ...inside]), trailing ? trailingComma : "", edge, close], broken);
}

/** Doc as text; the first line begins at `column`, further ones at `margin`. */
export function layOut(doc: Doc, margin = 0, column = margin): string {
  let text = "";
  let position = column;
  const todo: { doc: Doc; margin: number; flat: boolean }[] = [{ doc, margin, flat: false }];
  while (todo.length > 0) {
    const next = todo.pop()!;
    const { doc: one } = next;
    if (typeof one === "string") {
      text += one;
      const newline = one.lastIndexOf("\n");
      position = newline < 0 ? position + one.length : one.length - newline - 1;
    } else if (isList(one)) {
      for (let at = one.length - 1; at >= 0; at--) todo.push({ ...next, doc: one[at]! });
    } else if ("indent" in one) {
      todo.push({ ...next, doc: one.indent, margin: next.margin + 2 });
    } else if ("group" in one) {
      const flat = !mustBreak(one) && (next.flat || fits(one.group, width - position, todo));
      todo.push({ ...next, doc: one.group, flat });
    } else if (next.flat) {
      text += one.flat;
      position += one.flat.length;
    } else if (one === trailingComma) {
      text += one.broken;
      position += 1;
    } else {
      text = `${text.trimEnd()}\n${" ".repeat(next.margin)}`;
      position = next.margin;
    }
  }
  return text;
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}

function mustBreak(doc: Doc): boolean {
  if (typeof doc === "string") return false;
  if (isList(doc)) return doc.some(mustBreak);
  if ("indent" in doc) return mustBreak(doc.indent);
  if ("group" in doc) return doc.broken || mustBreak(doc.group);
  return false;
}

/** Whether the doc fits, flat, with what follows it up to the next possible end of a line. */
function fits(doc: Doc, room: number, behind: readonly { doc: Doc; margin: number; flat: boolean }[]): boolean {
  let left = room;
  const todo: { doc: Doc; flat: boolean }[] = [{ doc, flat: true }];
  let rest = behind.length;
  while (left >= 0) {
    const next = todo.pop();
    if (!next) {
      if (rest === 0) return true;
      const outer = behind[--rest]!;
      todo.push({ doc: outer.doc, flat: outer.flat });
      continue;
    }
    const one = next.doc;
    if (typeof one === "string") {
      const newline = one.indexOf("\n");
      if (newline >= 0) return left - newline >= 0;
      left -= one.length;
    } else if (isList(one)) {
      for (let at = one.length - 1; at >= 0; at--) todo.push({ doc: one[at]!, flat: next.flat });
    } else if ("indent" in one) {
      todo.push({ doc: one.indent, flat: next.flat });
    } else if ("group" in one) {
      todo.push({ doc: one.group, flat: next.flat });
    } else if (next.flat) {
      left -= one.flat.length;
    } else {
      return true;
    }
  }
  return false;
}

/** As a string in TypeScript: double quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

const identifier = /^[A-Za-z_$][\w$]*$/;

/** A name as a key of an object. */
export function keyText(name: string): string {
  return identifier.test(name) ? name : quoted(name);
}

/** `object.name`, or with brackets where that is no name. */
export function memberText(name: string): string {
  return identifier.test(name) ? `.${name}` : `[${quoted(name)}]`;
}
