/** What a project's Python says beyond what the program says, by the places in its text where that stands. */
import type { Context } from "./context.ts";
import { access, type Code } from "./python.ts";
import type { Node } from "./syntax.ts";
import { unknown, type Type } from "./types.ts";

type MakesLines = (context: Context) => readonly string[];
type MakesCode = (text: string) => string;

interface Condition {
  readonly head: string;
  readonly behind: string;
}

const placeOf = ({ start, end }: Node): string => `${start}:${end}`;

export class Additions {
  /** Lines of imports for what is added. */
  readonly imports = new Set<string>();
  /** Lines before all others. */
  readonly opening: string[] = [];
  readonly #types = new Map<string, Type>();
  readonly #around = new Map<string, MakesCode[]>();
  readonly #before = new Map<string, MakesLines[]>();
  readonly #under = new Map<string, Condition>();

  /** Puts `make` around an expression's Python, or around what a loop counts through. */
  putAround(node: Node, make: MakesCode): void {
    append(this.#around, node, make);
  }

  /** Puts lines before the statement that an expression is in. */
  putBefore(node: Node, make: MakesLines): void {
    append(this.#before, node, make);
  }

  /** Puts a statement under a condition, with a line behind it. */
  putUnder(statement: Node, head: string, behind: string): void {
    this.#under.set(placeOf(statement), { head, behind });
  }

  conditionOf(statement: Node): Condition | undefined {
    return this.#under.get(placeOf(statement));
  }

  /** What is known of an expression once the program was translated. */
  typeOf(node: Node): Type {
    return this.#types.get(placeOf(node)) ?? unknown;
  }

  applied(context: Context, node: Node, made: Code): Code {
    if (made.type.kind !== "unknown") this.#types.set(placeOf(node), made.type);
    for (const make of this.#before.get(placeOf(node)) ?? [])
      context.before.push(...make(context).map((text) => ({ text: "    ".repeat(context.indentation) + text, source: 0 })));
    const around = this.#around.get(placeOf(node)) ?? [];
    return around.length === 0 ? made : access(this.around(node, made.text), made.type);
  }

  around(node: Node, text: string): string {
    return (this.#around.get(placeOf(node)) ?? []).reduce((inner, make) => make(inner), text);
  }
}

function append<T>(map: Map<string, T[]>, node: Node, value: T): void {
  map.set(placeOf(node), [...(map.get(placeOf(node)) ?? []), value]);
}
