/** What a translation collects as it goes: imports, helpers, problems. */
import { apiNames } from "./apiNames.ts";
import { helpers } from "../toPython/pythonsOwn.ts";
import { quoted, type Doc } from "./layout.ts";
import { kindlingPath, ownName } from "./names.ts";
import type { Expression } from "./syntax.ts";
import { unknown, type Type } from "./types.ts";

/** Something of the Python program that has no twin here. */
export class NoTwin extends Error {
  readonly from: number;

  constructor(message: string, from: number) {
    super(message);
    this.from = from;
  }
}

/** An expression in TypeScript, with how tightly its outermost operator binds. */
export interface Code {
  readonly doc: Doc;
  readonly level: number;
}

/** How tightly TypeScript's operators bind. */
export const level = {
  primary: 20,
  unary: 15,
  power: 14,
  times: 13,
  plus: 12,
  shift: 11,
  relation: 10,
  equality: 9,
  bitAnd: 8,
  bitXor: 7,
  bitOr: 6,
  and: 5,
  or: 4,
  conditional: 3,
  assignment: 2,
} as const;

export function primary(...doc: Doc[]): Code {
  return { doc: doc.length === 1 ? doc[0]! : doc, level: level.primary };
}

/** The code as an operand of an operator that binds so tightly. */
export function within(code: Code, least: number): Doc {
  return code.level < least ? ["(", code.doc, ")"] : code.doc;
}

export interface Problem {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export class Context {
  readonly source: string;
  readonly problems: Problem[] = [];
  /** Name → Python path, of what the program imports. */
  readonly imported = new Map<string, string>();
  /** All names that the program itself gives to something. */
  readonly taken: ReadonlySet<string>;
  /** Python's own exceptions that the program raises and tells apart: they are classes here. */
  readonly errors = new Set<string>();
  readonly helpersUsed = new Set<string>();
  /** Declarations at the head of the file, such as `const F = nn.functional`. */
  readonly aliases = new Map<string, string>();
  /** What is imported from Node's modules: module → names. */
  readonly node = new Map<string, Set<string>>();
  readonly #values = new Set<string>();
  readonly #types = new Set<string>();
  #namespace = false;

  constructor(source: string, taken: ReadonlySet<string>) {
    this.source = source;
    this.taken = taken;
  }

  line(from: number): number {
    return this.source.slice(0, from).split("\n").length;
  }

  report(from: number, message: string): void {
    const line = this.line(from);
    if (!this.problems.some((problem) => problem.line === line && problem.message === message)) this.problems.push({ line, message });
  }

  /** The text of a name of the API, and its import. @param path such as `nn.Linear` */
  api(path: string): string {
    const [root] = path.split(".");
    if (this.taken.has(root!) || this.#isHelper(root!)) {
      this.#namespace = true;
      return `torch.${path}`;
    }
    this.#values.add(root!);
    return path;
  }

  /** The same for a name in a type. */
  typeName(path: string): string {
    const [root] = path.split(".");
    if (root !== "Tensor") return this.api(path);
    if (this.taken.has("Tensor")) {
      this.#namespace = true;
      return "torch.Tensor";
    }
    this.#types.add("Tensor");
    return path;
  }

  /** A helper that is written into the program. */
  helper(name: string): string {
    this.helpersUsed.add(name);
    return this.#helperName(name);
  }

  /** Whether the name is a helper's in this program, and so not the API's. */
  #isHelper(name: string): boolean {
    return this.helpersUsed.has(name) && this.#helperName(name) === name;
  }

  /** The program's own names come first, and those of the API that it has used before. */
  #helperName(name: string): string {
    return this.#isForOthers(name) ? `${name}_` : name;
  }

  #isForOthers(name: string): boolean {
    return this.taken.has(name) || this.#values.has(name);
  }

  #helperText(name: string): string {
    const clashing = [name, ...(helpers[name]!.needs ?? [])].filter((one) => this.#isForOthers(one));
    return clashing.reduce(
      (code, one) => code.replaceAll(new RegExp(`(?<![\\w$.])${one}(?=[(<]| extends| \\{| =)`, "g"), this.#helperName(one)),
      helpers[name]!.code,
    );
  }

  fromNode(module: string, name: string): string {
    if (!this.node.has(module)) this.node.set(module, new Set());
    this.node.get(module)!.add(name);
    return name;
  }

  /** The helpers, each after those that it needs. Values have to stand before the program, functions may stand behind it. */
  helperTexts(kind: "value" | "function"): string[] {
    const wanted = new Set<string>();
    const want = (name: string) => {
      if (wanted.has(name)) return;
      const helper = helpers[name]!;
      for (const needed of helper.needs ?? []) want(needed);
      for (const one of helper.imports ?? []) this.#values.add(one);
      for (const [module, one] of helper.node ?? []) this.fromNode(module, one);
      wanted.add(name);
    };
    for (const name of this.helpersUsed) want(name);
    const isFunction = (code: string) => /^(\/\*\*.*\*\/\n)?function/.test(code);
    return [...wanted].map((name) => this.#helperText(name)).filter((code) => isFunction(code) === (kind === "function"));
  }

  /** `import { … } from "kindling";` */
  importText(): string[] {
    const lines: string[] = [];
    if (this.#namespace) lines.push('import * as torch from "kindling";');
    const names = [...this.#values].filter(
      (name) => apiNames[""]!.has(name) || ["data", "nn", "optim", "autograd", "cuda", "distributions", "linalg"].includes(name),
    );
    const entries = [
      ...names.map((name) => ({ name, text: name })),
      ...(this.#values.has("Tensor") ? [] : [...this.#types].map((name) => ({ name, text: `type ${name}` }))),
    ];
    entries.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
    if (entries.length > 0) {
      const one = `import { ${entries.map(({ text }) => text).join(", ")} } from "kindling";`;
      lines.push(one.length <= 120 ? one : `import {\n${entries.map(({ text }) => `  ${text},`).join("\n")}\n} from "kindling";`);
    }
    const node = [...this.node].sort().map(([module, imports]) => `import { ${[...imports].sort().join(", ")} } from ${quoted(module)};`);
    return [...node, ...lines];
  }

  /** The Python path of a name or of an attribute of what was imported: `torch.nn.Linear`, `builtins.len`. */
  pathOf(expression: Expression): string | undefined {
    if (expression.kind === "name") {
      const imported = this.imported.get(expression.name);
      if (imported) return imported;
      return this.taken.has(expression.name) ? undefined : `builtins.${expression.name}`;
    }
    if (expression.kind !== "attribute") return undefined;
    const object = this.pathOf(expression.object);
    return object === undefined || object.startsWith("builtins.") ? undefined : `${object}.${expression.name}`;
  }

  /** The API's path of an expression that names something of it. */
  apiPathOf(expression: Expression): string | undefined {
    const path = this.pathOf(expression);
    return path === undefined ? undefined : kindlingPath(path);
  }

  typeOf(expression: Expression): Type {
    return expression.type ?? unknown;
  }

  own(name: string): string {
    return ownName(name);
  }
}
