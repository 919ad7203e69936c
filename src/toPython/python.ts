/** Pieces of Python: expressions with how tightly they bind, strings, names. */
import { none, unknown, type Type } from "./types.ts";

/** How tightly an expression binds; what is looser than its place asks for stands in parentheses. */
export const binds = {
  lambda: 0,
  conditional: 1,
  or: 2,
  and: 3,
  not: 4,
  comparison: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  shift: 9,
  sum: 10,
  product: 11,
  sign: 12,
  power: 13,
  access: 15,
  atom: 16,
} as const;

export interface Code {
  readonly text: string;
  readonly tight: number;
  readonly type: Type;
  /** Whether it stands for itself as a statement and gives no value: `counts[key] = 1`. */
  readonly isStatement?: true;
}

/** What can only be a statement in Python. */
export const action = (text: string): Code => ({ text, tight: binds.lambda, type: none, isStatement: true });
export const code = (text: string, tight: number, type: Type = unknown): Code => ({ text, tight, type });
export const atom = (text: string, type: Type = unknown): Code => code(text, binds.atom, type);
export const access = (text: string, type: Type = unknown): Code => code(text, binds.access, type);

/** The expression's text where something at least as tight as `tight` has to stand. */
export const within = (part: Code, tight: number): string => (part.tight < tight ? `(${part.text})` : part.text);

/** The text before a dot or a bracket; a number needs parentheses there. */
export const receiver = (part: Code): string => (/^[\d.]+$/.test(part.text) ? `(${part.text})` : within(part, binds.access));

export function infix(left: Code, operator: string, right: Code, tight: number, type: Type): Code {
  return code(`${within(left, tight)} ${operator} ${within(right, tight + 1)}`, tight, type);
}

export function comparison(left: Code, operator: string, right: Code, type: Type): Code {
  return code(`${within(left, binds.comparison + 1)} ${operator} ${within(right, binds.comparison + 1)}`, binds.comparison, type);
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v", "\0": "\\0" };

/** The inside of a string literal. */
export function escaped(value: string, quote: string): string {
  return [...value]
    .map(
      (letter) =>
        escapes[letter] ??
        (letter === quote ? `\\${quote}` : /\p{Cc}|\p{Cs}/u.test(letter) ? `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}` : letter),
    )
    .join("");
}

/** A string literal in double quotes, or in single ones where it holds double ones only. */
export function quoted(value: string): string {
  const quote = value.includes('"') && !value.includes("'") ? "'" : '"';
  return quote + escaped(value, quote) + quote;
}

/** The same expression with its literals in single quotes, for the inside of an f-string; `undefined` where Python 3.11 can't have it there. */
export function insideFormat(text: string): string | undefined {
  if (/[\\\n\uE000]/.test(text)) return undefined;
  const swapped = text.replace(/(?<![\w"])([rbf]?)"([^"']*)"/g, "$1'$2'");
  return swapped.includes('"') ? undefined : swapped;
}

const keywords = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case".split(
    " ",
  ),
);

/** What the Python that is written here calls by its plain name. */
const used = new Set(
  "abs all any bool chr dict divmod enumerate filter float getattr hasattr hash id int isinstance iter len list map max min next object open ord pow print property range repr reversed round set setattr slice sorted str sum super tuple type zip copy functools itertools json math np optim os random re shutil sys tempfile time torch nn F self".split(
    " ",
  ),
);

/** A name that Python takes: the writer's own, with `_` behind it where Python needs the word itself. */
export function pythonName(name: string): string {
  const plain = name.replaceAll("$", "_");
  return keywords.has(plain) || used.has(plain) ? `${plain}_` : plain;
}

/** What may be asked of any module or optimizer: an object that stands for one has it by PyTorch's name. */
const asked = new Set(["paramGroups", "zeroGrad", "stateDict", "loadStateDict", "addParamGroup"]);

/** The same of an attribute, where only Python's own words are taken. */
export const attributeName = (name: string): string => (keywords.has(name) ? `${name}_` : asked.has(name) ? snake(name) : name.replaceAll("$", "_"));

/** A member of one of the program's classes: what Python's objects have to be called has Python's name. */
export const memberName = ({ methods }: { readonly methods: ReadonlyMap<string, unknown> }, name: string): string =>
  name === "call" && methods.has(name) ? "__call__" : attributeName(name);

/** `zeroGrad` → `zero_grad`, `maxPool2d` → `max_pool2d`, `tMax` → `T_max`. */
export function snake(name: string): string {
  if (Object.hasOwn(irregular, name)) return irregular[name]!;
  if (/^[A-Z]/.test(name)) return name;
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Names that PyTorch writes otherwise than the rule has it. */
const irregular: Readonly<Record<string, string>> = {
  LRScheduler: "_LRScheduler",
  tMax: "T_max",
  t0: "T_0",
  tMult: "T_mult",
  tI: "T_i",
  tCur: "T_cur",
  atleast1d: "atleast_1d",
  atleast2d: "atleast_2d",
  atleast3d: "atleast_3d",
  mT: "mT",
  mH: "mH",
};

/** A regular expression as a raw string. */
export const rawPattern = (pattern: string): string => (pattern.includes('"') ? `r'${pattern.replaceAll("'", "\\'")}'` : `r"${pattern}"`);
