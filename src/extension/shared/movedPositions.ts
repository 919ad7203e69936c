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
    this.#edits.push({ ...edit, at });
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
  const line = place.line - end.line + start.line + breaks;
  if (place.line > end.line) return { ...place, line };
  const begin = breaks === 0 ? start.column + lastLine : lastLine + 1;
  return { ...place, line, column: begin + place.column - end.column };
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
