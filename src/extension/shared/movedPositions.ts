/** Where a place in a file's text has gone by edits of it. Pure. */

/** Line and column, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What stood from `start` to `end` gave way to a text of so many line breaks, the last of its lines so long. */
export interface Edit {
  readonly start: Place;
  readonly end: Place;
  readonly breaks: number;
  readonly lastLine: number;
}

interface DatedEdit extends Edit {
  readonly at: number;
}

/** As many edits of a file are remembered; places from before those are taken to be where they were. */
const mostEdits = 5_000;

export class MovedPositions {
  #edits: DatedEdit[] = [];
  /** When the text was written to disk, the oldest first. */
  #saves: number[] = [];

  /** @param at as in all of this: milliseconds */
  edit(edit: Edit, at: number): void {
    const last = this.#edits.at(-1);
    const both = last && last.at > (this.#saves.at(-1) ?? -Infinity) ? joined(last, edit) : undefined;
    // Of what is typed letter by letter one edit is left.
    if (both) this.#edits.pop();
    this.#edits.push({ ...(both ?? edit), at });
    if (this.#edits.length > mostEdits) this.#edits = this.#edits.slice(-mostEdits / 2);
  }

  saved(at: number): void {
    if ((this.#saves.at(-1) ?? -1) < (this.#edits.at(-1)?.at ?? 0)) this.#saves.push(at);
  }

  /** What was not saved is given up. */
  closed(): void {
    const last = this.#saves.at(-1) ?? -Infinity;
    this.#edits = this.#edits.filter(({ at }) => at <= last);
  }

  /** Whether the text is another than the one that was on disk then. */
  isEdited(since: number): boolean {
    return this.#since(since).length > 0;
  }

  /** Where a place of the text that was on disk then is now; `undefined` where it is gone. */
  now(place: Place, since: number): Place | undefined {
    let current: Place | undefined = place;
    for (const edit of this.#since(since)) current = current && moved(current, edit);
    return current;
  }

  #since(time: number): readonly DatedEdit[] {
    const base = this.#saves.findLast((at) => at <= time) ?? -Infinity;
    const first = this.#edits.findIndex(({ at }) => at > base);
    return first < 0 ? [] : this.#edits.slice(first);
  }
}

function moved(place: Place, { start, end, breaks, lastLine }: Edit): Place | undefined {
  if (isBefore(place, start)) return place;
  if (isBefore(place, end)) return undefined;
  const by = start.line + breaks - end.line;
  if (place.line > end.line) return by === 0 ? place : { line: place.line + by, column: place.column };
  const begin = breaks === 0 ? start.column + lastLine : lastLine + 1;
  return { line: place.line + by, column: begin + place.column - end.column };
}

/** Two edits as one, where the second goes on at the end of what the first has put there, or takes of that. */
function joined({ start, end, breaks, lastLine }: Edit, next: Edit): Edit | undefined {
  const line = start.line + breaks;
  const column = (breaks === 0 ? start.column : 1) + lastLine;
  if (next.end.line !== line || next.end.column !== column || next.start.line !== line) return undefined;
  const taken = column - next.start.column;
  if (taken > lastLine) return undefined;
  return { start, end, breaks: breaks + next.breaks, lastLine: next.breaks === 0 ? lastLine - taken + next.lastLine : next.lastLine };
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
