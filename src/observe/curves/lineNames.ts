/**
 * What the lines of one quantity are called: `loss` as long as there is only one, `loss/generator` and `loss/discriminator`
 * from then on.
 */
export class LineNames {
  readonly #quantity: string;
  readonly #renamed: (from: string, to: string) => void;
  /** What the first line is called beside others, until there are others. */
  #first: { readonly key: object; readonly own: string } | undefined;
  readonly #names = new WeakMap<object, string>();
  readonly #taken = new Set<string>();

  /** @param renamed told when the first line can't have the quantity's name for itself any more */
  constructor(quantity: string, renamed: (from: string, to: string) => void) {
    this.#quantity = quantity;
    this.#renamed = renamed;
  }

  /**
   * @param key what the line is of
   * @param own what it is called beside others, if its name is free
   */
  of(key: object, own: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    let name = this.#quantity;
    if (this.#first === undefined && this.#taken.size === 0) this.#first = { key, own };
    else {
      this.#splitFirst();
      name = this.#free(own);
    }
    this.#names.set(key, name);
    this.#taken.add(name);
    return name;
  }

  /** The name that the line has, or would have now if it were the first; undefined where only `of` can tell. */
  sofar(key: object | undefined): string | undefined {
    return (key && this.#names.get(key)) ?? (this.#taken.size === 0 ? this.#quantity : undefined);
  }

  #splitFirst(): void {
    if (!this.#first) return;
    const { key, own } = this.#first;
    const name = this.#free(own);
    this.#first = undefined;
    this.#names.set(key, name);
    this.#taken.add(name);
    this.#renamed(this.#quantity, name);
  }

  #free(own: string): string {
    const name = `${this.#quantity}/${own}`;
    if (!this.#taken.has(name)) return name;
    for (let count = 2; ; count++) if (!this.#taken.has(`${name} ${count}`)) return `${name} ${count}`;
  }
}
