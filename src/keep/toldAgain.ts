/** Whether a run that is run again tells all that it told then, each value the same; and what it tells beyond that. */

export interface Told {
  readonly name: string;
  readonly step: number;
  readonly value: number | string;
}

/** What was told under one name. */
class Line<T extends Told> {
  readonly #then: readonly T[];
  readonly all: T[] = [];
  /** What was not told then. */
  readonly added: T[] = [];
  #next = 0;

  constructor(then: readonly T[]) {
    this.#then = then;
  }

  /** @returns where it is not the same, in words for the user */
  add(one: T): string | undefined {
    this.all.push(one);
    const expected = this.#then[this.#next];
    if (expected && one.step > expected.step) return this.#missing(expected);
    if (expected?.step === one.step && Object.is(expected.value, one.value)) this.#next++;
    else this.added.push(one);
    return undefined;
  }

  /** Nothing more comes. */
  end(): string | undefined {
    const expected = this.#then[this.#next];
    return expected && this.#missing(expected);
  }

  /** What is told where something else is expected: another value, unless that one is still to come. */
  unlike(): string | undefined {
    const expected = this.#then[this.#next];
    const instead = expected && this.added.findLast((one) => one.step === expected.step);
    return instead && `at step ${expected.step} \`${expected.name}\` is ${String(instead.value)}, and was ${String(expected.value)} then`;
  }

  #missing({ name, step, value }: T): string {
    return this.unlike() ?? `at step ${step} it tells no \`${name}\`, which was ${String(value)} then`;
  }
}

/**
 * What was told then may stand between what is new: a program that logged every tenth step may log all of them. What it logs
 * no more at all is not missed.
 */
export class ToldAgain<T extends Told> {
  readonly #then = new Map<string, T[]>();
  readonly #lines = new Map<string, Line<T>>();
  /** What was told then of steps that don't count. */
  readonly #later: readonly T[];
  readonly #steps: number;

  /**
   * @param then in its order, by the names that it had at last
   * @param steps how many count; what is told of later ones is left out
   */
  constructor(then: Iterable<T>, steps = Infinity) {
    this.#steps = steps;
    const later: T[] = [];
    this.#later = later;
    for (const one of then) {
      if (one.step >= steps) {
        later.push(one);
        continue;
      }
      const own = this.#then.get(one.name);
      if (own) own.push(one);
      else this.#then.set(one.name, [one]);
    }
  }

  /** @returns where it is not the same, in words for the user */
  add(one: T): string | undefined {
    if (one.step >= this.#steps) return undefined;
    let line = this.#lines.get(one.name);
    if (!line) this.#lines.set(one.name, (line = new Line(this.#then.get(one.name) ?? [])));
    return line.add(one);
  }

  /** What went by one name goes by another, with what was told of it. */
  rename(from: string, to: string): string | undefined {
    const told = this.#lines.get(from)?.all ?? [];
    // The order of names is that in which they were told first.
    const lines = [...this.#lines];
    this.#lines.clear();
    for (const [name, line] of lines) this.#lines.set(name === from ? to : name, name === from ? new Line(this.#then.get(to) ?? []) : line);
    let reason: string | undefined;
    for (const one of told) reason ??= this.#lines.get(to)!.add({ ...one, name: to });
    return reason;
  }

  /** Nothing more comes. */
  end(): string | undefined {
    return this.#firstOf((line) => line.end());
  }

  /** Another value than then, in words for the user; it is none where that one is still to come. */
  unlike(): string | undefined {
    return this.#firstOf((line) => line.unlike());
  }

  #firstOf(reasonOf: (line: Line<T>) => string | undefined): string | undefined {
    for (const line of this.#lines.values()) {
      const reason = reasonOf(line);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** All names, in the order in which they were told first. */
  get names(): string[] {
    return [...this.#lines.keys()];
  }

  /** By name, all that was told, then or now, where some of it is new. */
  get extended(): ReadonlyMap<string, readonly T[]> {
    const laterOf = (name: string): readonly T[] => this.#later.filter((one) => one.name === name);
    return new Map([...this.#lines].flatMap(([name, { all, added }]) => (added.length > 0 ? [[name, [...all, ...laterOf(name)]] as const] : [])));
  }

  /** Whether that was told then. To be asked of what was added last. */
  isNew(one: T): boolean {
    return this.#lines.get(one.name)?.added.at(-1) === one;
  }
}
