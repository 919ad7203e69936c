/**
 * Finds, in the text alone, where the lenses of a file belong: so they stay where they are between runs and while
 * somebody types. It reads tokens, not grammar; a file that doesn't parse yet still has its lenses.
 */

import { indexAt } from "../../run/series.ts";

export interface Site {
  readonly kind: "class" | "instance";
  /** Of the class, or of the variable. */
  readonly name: string;
  /** The class that is declared or constructed, without its namespace. */
  readonly className: string;
  /** Of the statement's first word; from 1, as everywhere in the protocol. */
  readonly line: number;
  readonly column: number;
}

export interface Scan {
  /** Classes that extend a module of Kindling's or of this file's, and variables that hold a new one. */
  readonly sites: readonly Site[];
  /** Of the same form, but only a run can tell whether they are modules: bases and classes from other files. */
  readonly candidates: readonly Site[];
}

const identifier = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;
const classPattern = new RegExp(
  String.raw`(?:\bexport\s+)?(?:\bdefault\s+)?(?:\babstract\s+)?\bclass\s+(${identifier})\s*(?:<[^;]{0,400}?>)?\s*extends\s+((?:${identifier}\s*\.\s*)*)(${identifier})`,
  "gu",
);
const declarationPattern = /(?:\bexport\s+)?\b(?:const|let|var|using)\s+/gu;
const typePattern = String.raw`:(?:[^=;{},<>[]|<(?:[^=;{}<>]|<[^=;{}<>]*>)*>|\[[^=;{}\]]*\])*`;
/** One of the variables that a declaration declares, from its name on. */
const instancePattern = new RegExp(String.raw`(${identifier})\s*(?:${typePattern})?=\s*new\s+((?:${identifier}\s*\.\s*)*)(${identifier})`, "uy");

/** Containers of `nn`: a variable that holds one is a model by itself. */
const containers = new Set(["Sequential", "ModuleList", "ModuleDict", "Module"]);

export function scan(text: string): Scan {
  const code = blank(text);
  const lineOf = lineFinder(code);
  const declared = [...code.matchAll(classPattern)].map((match) => found("class", match, lineOf));
  const modules = moduleClasses(declared, namesOfModules(code));
  const built = instances(code).map(({ match, start }) => found("instance", match, lineOf, start));
  const isSite = (item: Found): boolean =>
    item.kind === "class" ? modules.has(item.name) : item.namespace === "" ? modules.has(item.base) : isNamespace(item.namespace) && containers.has(item.base);
  const all = [...declared, ...built].sort((a, b) => a.line - b.line || a.column - b.column);
  return { sites: all.filter(isSite).map(siteOf), candidates: all.filter((item) => !isSite(item)).map(siteOf) };
}

interface Found {
  readonly kind: Site["kind"];
  readonly name: string;
  readonly namespace: string;
  readonly base: string;
  readonly line: number;
  readonly column: number;
}

function found(kind: Site["kind"], match: RegExpMatchArray, lineOf: (offset: number) => [number, number], start = match.index ?? 0): Found {
  const [line, column] = lineOf(start);
  const [, name = "", namespace = "", base = ""] = match;
  return { kind, name, namespace: namespace.replace(/\s/g, ""), base, line, column };
}

interface Instance {
  readonly match: RegExpMatchArray;
  /** Of the statement for the first variable that it declares, of the name for others. */
  readonly start: number;
}

function instances(code: string): readonly Instance[] {
  return [...code.matchAll(declarationPattern)].flatMap((declaration) => {
    const first = declaration.index + declaration[0].length;
    return declarators(code, first).flatMap((start) => {
      instancePattern.lastIndex = start;
      const match = instancePattern.exec(code);
      return match ? [{ match, start: start === first ? declaration.index : start }] : [];
    });
  });
}

const bracket = /[([{}\])]|[,;]|\b(?:const|let|var|using|class|function|export|import)\b/gu;

/** Where each of the names stands that a declaration declares: behind the commas between them. */
function declarators(code: string, first: number): readonly number[] {
  const starts = [first];
  let depth = 0;
  bracket.lastIndex = first;
  for (let match = bracket.exec(code); match; match = bracket.exec(code)) {
    const [token] = match;
    if ("([{".includes(token)) depth++;
    else if (")]}".includes(token)) depth--;
    else if (depth === 0 && token !== ",") break;
    else if (depth === 0) starts.push(match.index + 1 + /^\s*/.exec(code.slice(match.index + 1))![0].length);
    if (depth < 0) break;
  }
  return starts;
}

function siteOf({ kind, name, base, line, column }: Found): Site {
  return { kind, name, className: kind === "class" ? name : base, line, column };
}

/** `nn.` of `import { nn }`, `torch.nn.` of `import * as torch`. */
function isNamespace(namespace: string): boolean {
  return /(?:^|\.)nn\.$/.test(namespace);
}

/** Names that `const { Module } = nn` brings in. */
function namesOfModules(code: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const match of code.matchAll(/\bconst\s*\{([^{}]*)\}\s*=\s*(?:[\w$]+\s*\.\s*)?nn\b/gu)) {
    for (const name of (match[1] ?? "").split(",")) {
      const [original = "", local = original] = name.split(":").map((part) => part.trim());
      if (/^[A-Z]/.test(original)) names.add(local);
    }
  }
  return names;
}

/** Follows bases through the file, whatever the order. */
function moduleClasses(declared: readonly Found[], imported: ReadonlySet<string>): ReadonlySet<string> {
  const modules = new Set<string>(imported);
  let size: number;
  do {
    size = modules.size;
    for (const { name, namespace, base } of declared) {
      if (namespace === "" ? modules.has(base) : isNamespace(namespace)) modules.add(name);
    }
  } while (modules.size > size);
  return modules;
}

function lineFinder(text: string): (offset: number) => [line: number, column: number] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = indexAt(starts, offset);
    return [line + 1, offset - starts[line]! + 1];
  };
}

/** After one of these a slash begins a regular expression, not a division. */
const beforeExpression = /(?:^|[([{,;:=!&|?+\-*%^~<>]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield))\s*$/;

const skipped = new RegExp(
  [
    String.raw`//[^\n]*`,
    String.raw`/\*[\s\S]*?(?:\*/|$)`,
    String.raw`"(?:[^"\\\n]|\\[\s\S])*(?:"|$|(?=\n))`,
    String.raw`'(?:[^'\\\n]|\\[\s\S])*(?:'|$|(?=\n))`,
    "`",
    "[{}]",
    String.raw`/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*`,
  ].join("|"),
  "g",
);

/**
 * The text with comments as spaces, and strings and regular expressions as spaces with a quote at the end; every
 * other character keeps its place.
 */
export function blank(text: string): string {
  let out = "";
  let done = 0;
  /** How many braces are open inside each `${` of the template literals around here. */
  const templates: number[] = [];
  const spaces = (from: number, to: number): string => text.slice(from, to).replace(/[^\n]/g, " ");
  const quoted = (from: number, to: number): string => `${spaces(from, to - 1)}"`;
  skipped.lastIndex = 0;
  for (let match = skipped.exec(text); match; match = skipped.exec(text)) {
    const [token] = match;
    const { index } = match;
    out += text.slice(done, index);
    done = index;
    const open = templates.at(-1);
    let end = index + token.length;
    if (token === "{") {
      if (open !== undefined) templates[templates.length - 1] = open + 1;
    } else if (token === "}" && open !== undefined && open > 0) {
      templates[templates.length - 1] = open - 1;
    } else if (token === "`" || (token === "}" && open === 0)) {
      if (token === "}") templates.pop();
      const stop = templateEnd(text, end);
      const isOpen = text[stop - 1] === "{";
      if (isOpen) templates.push(0);
      out += isOpen ? spaces(index, stop) : quoted(index, stop);
      done = end = stop;
    } else if (token !== "}") {
      const isComment = /^\/[/*]/.test(token);
      const isDivision = token.startsWith("/") && !isComment && !beforeExpression.test(out.slice(-40));
      if (isDivision) end = index + 1;
      else {
        out += isComment ? spaces(index, end) : quoted(index, end);
        done = end;
      }
    }
    skipped.lastIndex = end;
  }
  return out + text.slice(done);
}

/** Where a template literal's text, from `start`, ends: after its closing backtick or after `${`. */
function templateEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return at + 1;
    else if (text[at] === "$" && text[at + 1] === "{") return at + 2;
  }
  return text.length;
}
