/** The newest that each line of the program came to: the loss at a `backward()`, the numbers at a `log()`, the turn of a loop. */
import type { LineNews, NamedNumber } from "../../protocol/index.ts";
import { nameLength, shorten } from "../../run/text.ts";
import type { ProgramSource } from "../program/programSource.ts";

/** As many numbers of one `log()` are told: more don't fit beside a line. */
const mostNumbers = 8;

/** What a call came to, until it is known which line it stands in. */
type Told = { readonly kind: "loss"; readonly value: number } | { readonly kind: "logged"; readonly values: readonly NamedNumber[] };

interface Turn {
  readonly kind: "epoch" | "turn";
  readonly index: number;
  readonly count: number | undefined;
}

export class LineValues {
  readonly #source: Pick<ProgramSource, "loopAt" | "callAt">;
  /** By the numbers of calls and loops: the newest, where it has not been told. */
  readonly #calls = new Map<number, Told>();
  readonly #turns = new Map<number, Turn>();
  readonly #epochLoops = new Set<number>();
  #last: Told | undefined;

  constructor(source: Pick<ProgramSource, "loopAt" | "callAt">) {
    this.#source = source;
  }

  wentBackward(value: number): void {
    this.#last = { kind: "loss", value };
  }

  logged(values: readonly NamedNumber[]): void {
    this.#last = values.length > 0 ? { kind: "logged", values } : undefined;
  }

  /** The call that told something last was that one. */
  called(call: number): void {
    if (this.#last) this.#calls.set(call, this.#last);
    this.#last = undefined;
  }

  /** A turn (from 0) of a loop over epochs. */
  epoch(loop: number, index: number, count: number): void {
    this.#epochLoops.add(loop);
    this.#turns.set(loop, { kind: "epoch", index, count });
  }

  /** A turn of a loop that trains. */
  turn(loop: number, index: number, count: number | undefined): void {
    if (!this.#epochLoops.has(loop)) this.#turns.set(loop, { kind: "turn", index, count });
  }

  /** What is new since the last time. */
  changes(): readonly LineNews[] {
    const turns = [...this.#turns].flatMap(([loop, turn]) => this.#turnNews(loop, turn));
    const calls = [...this.#calls].flatMap(([call, told]) => this.#callNews(call, told));
    this.#turns.clear();
    this.#calls.clear();
    return [...turns, ...calls];
  }

  #turnNews(loop: number, { kind, index, count }: Turn): readonly LineNews[] {
    const position = this.#source.loopAt(loop);
    if (!position || !isWhole(index)) return [];
    return [{ kind, position, index, ...(count !== undefined && isWhole(count) && { count }) }];
  }

  #callNews(call: number, told: Told): readonly LineNews[] {
    const position = this.#source.callAt(call);
    if (!position) return [];
    if (told.kind === "loss") return [{ ...told, position }];
    const values = told.values.slice(0, mostNumbers).map(({ name, value }) => ({ name: shorten(name, nameLength), value }));
    return [{ kind: "logged", position, values }];
  }
}

/** A counter of the program's may be anything. */
function isWhole(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}
