/**
 * What leaves tensors for JavaScript, where a program can see it: `item()`, lists, texts, files. Who wants to run the same
 * program again without computing what it computed keeps a record of that, from some moment on: of everything that was made
 * or changed since. What was there before is known anyway.
 */

/** Is asked for each value that leaves, with what gives it; keeps it, or answers from what was kept. */
export interface Reader {
  number(present: () => number): number;
  bytes(present: () => Uint8Array): Uint8Array;
  /** What follows can't be known without computing what was left out. Doesn't return. */
  lacks(what: string): never;
  /** Because of the values that it was given an operation is about to fail, or to give another type. */
  fails(): void;
}

export const reading: {
  /** Whoever is asked now. `null`: what leaves is nobody's business. */
  reader: Reader | null;
  /** Whoever is asked of what the program reads. */
  ofProgram: Reader | null;
} = { reader: null, ofProgram: null };

/** Sets whom to ask from the present moment on, or nobody any more. */
export function setReader(reader: Reader | null): void {
  reading.ofProgram = reader;
}

/** The stretch of the run whose readings are kept. */
export const stretch: {
  /** Whether it has begun. */
  isOpen: boolean;
  /** While operations compute nothing, what stands for that in the storages that they would have written to; see ghosts.ts. */
  hollow: object | null;
} = { isOpen: false, hollow: null };

/** What `body` reads is read by the program, or as regularly as if it were. */
export function readByProgram<T>(body: () => T): T {
  return readBy(reading.ofProgram, body);
}

/** What `body` reads stays within the engine. */
export function withoutReader<T>(body: () => T): T {
  return reading.reader === null ? body() : readBy(null, body);
}

function readBy<T>(reader: Reader | null, body: () => T): T {
  const before = reading.reader;
  reading.reader = reader;
  try {
    return body();
  } finally {
    reading.reader = before;
  }
}

/** Whether anything left tensors while `body` ran. */
export function wasRead(body: () => void): boolean {
  const { reader } = reading;
  let isRead = false;
  if (reader !== null) {
    reading.reader = {
      number: (present) => ((isRead = true), reader.number(present)),
      bytes: (present) => ((isRead = true), reader.bytes(present)),
      lacks: (what) => reader.lacks(what),
      fails: () => reader.fails(),
    };
  }
  try {
    body();
  } finally {
    reading.reader = reader;
  }
  return isRead;
}

/** Because of the values that it was given, not their shapes, an operation is about to fail, or to give a tensor of another type. */
export function failsByValue(): void {
  reading.reader?.fails();
}

/** Whether operations compute nothing for the time being, so that tensors have shapes but no values. */
export function areGhosts(): boolean {
  return stretch.hollow !== null;
}

/** Somebody needs values that were never computed. */
export function lacksValues(): void {
  reading.ofProgram?.lacks("a tensor is needed that no checkpoint holds");
}
