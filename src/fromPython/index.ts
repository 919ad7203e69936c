/** PyTorch's Python → a Kindling program. */
import { apiNames } from "./apiNames.ts";
import { modulePath } from "./modulePath.ts";
import { Context, type Problem } from "./context.ts";
import { collectBindings } from "./declarations.ts";
import { toldApart } from "./exceptions.ts";
import { infer, type Knowledge } from "./inference.ts";
import { withoutOwnHelpers } from "./kindlingsOwn.ts";
import { kindlingPath, ownName } from "./names.ts";
import { parse } from "./parser.ts";
import { prepare, type Note } from "./preparation.ts";
import { renameChanged } from "./renaming.ts";
import { docComment } from "./comments.ts";
import { Statements } from "./statements.ts";
import { blocksOf, expressionsOf, partsOf, type Block, type Expression, type Import, type Statement } from "./syntax.ts";
import type { Type } from "./types.ts";

export type { Problem } from "./context.ts";

export interface Translation {
  /** The TypeScript program. */
  readonly code: string;
  /** What has no twin, by line of the Python; it stands in the program as a comment. */
  readonly problems: readonly Problem[];
  /** Whether it only defines what other files import. */
  readonly isLibrary: boolean;
  /** The modules beside the file that the program imports: `networks`, `.models.unet`. */
  readonly modules: readonly string[];
}

export interface TranslationOptions {
  /** The Python source of a module that the program imports, if there is one beside it. */
  readonly readModule?: (module: string) => string | undefined;
}

/** Translates a Python program that uses PyTorch. What has no twin stays as a comment, and the rest still comes out. */
export function fromPython(source: string, { readModule = () => undefined }: TranslationOptions = {}): Translation {
  const text = withoutOwnHelpers(readable(dedented(source.replaceAll("\r\n", "\n").replaceAll("\t", "    "))));
  const program = parse(text);
  const notes: Note[] = [];
  const body = prepare(program.body, notes);
  const others = modulesOf(readModule, new Set());
  const first = infer(body, others);
  const knowledge = renameChanged(body, takenNames(body)) ? infer(body, others) : first;
  const context = new Context(text, new Set([...takenNames(body), ...ownNames(body, readModule)]));
  collectImports(body, context, readModule);
  for (const name of toldApart(body, text)) context.errors.add(name);
  for (const { from, message } of notes) context.report(from, message);
  const to = new Statements(context, knowledge);
  to.exports = body.statements.every(isDefinition);
  for (const info of knowledge.classes.values()) for (const name of info.fields.keys()) to.to.ownFields.add(name);
  for (const info of knowledge.classes.values()) for (const name of [...info.fields.keys(), ...info.methods.keys()]) to.to.ownMembers.add(name);
  for (const { methods } of knowledge.classes.values())
    for (const [name, method] of methods) to.to.ownMethods.set(name, [...(to.to.ownMethods.get(name) ?? []), method]);
  to.to.attached = knowledge.attached;
  to.declarations.place(body, new Set());
  const numpy = numpyHead(context, body);
  const lines = to.block(body, 0);
  const modules: string[] = [];
  const imports = ownImports(body, readModule, modules);
  const helperTexts = context.helperTexts("function");
  const early = context.helperTexts("value");
  const head = [...context.importText(), ...imports];
  const aliases = [...context.aliases].filter(([, name]) => lines.some((line) => new RegExp(`\\b${name}\\.`).test(line)));
  const aliasLines = aliases.map(([path, name]) => `const ${name} = ${context.api(kindlingPath(path)!)};`);
  const headText = aliases.length > 0 ? [...context.importText(), ...imports] : head;
  const parts = [
    program.doc === undefined ? [] : docComment(program.doc, 0),
    [...headText, ...(aliasLines.length > 0 || numpy.length > 0 ? ["", ...aliasLines, ...numpy] : [])],
    early.length > 0 ? ["", early.join("\n\n")] : [],
    lines.length > 0 && headText.length > 0 ? ["", ...lines] : lines,
    helperTexts.length > 0 ? ["", "// Python's own functions, as far as the program uses them.", "", helperTexts.join("\n\n")] : [],
  ];
  const code = `${parts
    .flat()
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim()}\n`;
  return { code, problems: context.problems.toSorted((a, b) => a.line - b.line), isLibrary: to.exports, modules };
}

/** Whether a text may well be a piece of PyTorch: what is pasted is asked. */
export function looksLikePyTorch(text: string): boolean {
  if (/\b(import torch|from torch[\w.]* import)\b/.test(text)) return true;
  const python = /^\s*(def \w+\(.*\).*:|class \w+(\(.*\))?:|for .+ in .+:|with torch\.\w+\(.*\):|if .+:)\s*(#.*)?$/m.test(text);
  const torch = /\b(torch|nn|F|optim)\.\w+\(|\bself\.\w+|\.backward\(\)|\bzero_grad\(/.test(text);
  const typescript = /\b(const|let|function)\s+\w+|=>|\bnew nn\.|;\s*$/m.test(text);
  return !typescript && ((python && torch) || /\b(optimizer\.zero_grad|loss\.backward|torch\.\w+)\(/.test(text) || /super\(.*\)\.__init__\(/.test(text));
}

/** The code without the names that a file imports from `kindling` already. */
export function withoutImported(code: string, file: string): string {
  const present = new Set(
    [...file.matchAll(/^import \{([^}]*)\} from "kindling";/gm)].flatMap(([, names]) => names!.split(",").map((name) => name.trim().replace(/^type /, ""))),
  );
  return code.replace(/^import \{([^}]*)\} from "kindling";\n\n?/m, (whole, names: string) => {
    const missing = names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !present.has(name.replace(/^type /, "")));
    if (missing.length === names.split(",").length) return whole;
    return missing.length === 0 ? "" : `import { ${missing.join(", ")} } from "kindling";\n\n`;
  });
}

/** The grammar wants a digit behind a number's point, and something behind `yield`: `1.` becomes `1.0`. Texts and comments stay. */
function readable(source: string): string {
  const pieces =
    /("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#.*|(?<![\w.])(\d[\d_]*)\.(?![\w.])|(?<![\w.])(\d[\d_]*)\.(?=[eE][-+]?\d)|\byield(?=[ ]*(?:#.*)?$)/gm;
  return source.replaceAll(pieces, (whole, _quote, plain?: string, scientific?: string) => {
    if (whole === "yield") return "yield None";
    const digits = plain ?? scientific;
    return digits === undefined ? whole : `${digits}.0`;
  });
}

/** Without the margin that a pasted piece may have. */
function dedented(source: string): string {
  const lines = source.split("\n");
  const margins = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const least = Math.min(...margins);
  return Number.isFinite(least) && least > 0 ? lines.map((line) => line.slice(Math.min(least, line.length - line.trimStart().length))).join("\n") : source;
}

function modulesOf(readModule: (module: string) => string | undefined, open: ReadonlySet<string>) {
  const known = new Map<string, ReadonlyMap<string, Type> | undefined>();
  return (module: string): ReadonlyMap<string, Type> | undefined => {
    if (known.has(module)) return known.get(module);
    const source = open.has(module) ? undefined : readModule(module);
    const knowledge: Knowledge | undefined =
      source === undefined ? undefined : infer(prepare(parse(source).body), modulesOf(readModule, new Set([...open, module])));
    known.set(module, knowledge?.scope.names);
    return knowledge?.scope.names;
  };
}

function isDefinition(statement: Statement): boolean {
  if (statement.kind === "assign")
    return statement.value?.kind !== "call" || /^[A-Z]/.test(statement.value.callee.kind === "name" ? statement.value.callee.name : "");
  return ["function", "class", "import"].includes(statement.kind) || (statement.kind === "expression" && statement.value.kind === "string");
}

/** Every name that the program gives to something of its own, imports of libraries aside. */
function takenNames(body: Block): Set<string> {
  const names = new Set<string>();
  const inExpression = (expression: Expression): void => {
    if (expression.kind === "lambda") for (const { name } of expression.parameters) names.add(name);
    if (expression.kind === "comprehension") for (const { target } of expression.clauses) collectTargets(target);
    for (const part of partsOf(expression)) inExpression(part);
  };
  const collectTargets = (target: Expression): void => {
    if (target.kind === "name") names.add(target.name);
    if (target.kind === "tuple" || target.kind === "list") for (const entry of target.entries) collectTargets(entry);
  };
  const visit = (block: Block, inClass = false): void => {
    // What a class calls its members is reached through it alone.
    if (!inClass) collectBindings(block, names);
    for (const statement of block.statements) {
      if (!inClass && (statement.kind === "function" || statement.kind === "class")) names.add(statement.name);
      if (statement.kind === "function") for (const { name } of statement.parameters) names.add(name);
      if (statement.kind === "try") for (const { name } of statement.handlers) if (name) names.add(name);
      for (const expression of expressionsOf(statement)) inExpression(expression);
      for (const inner of blocksOf(statement)) visit(inner, statement.kind === "class");
    }
  };
  visit(body);
  return names;
}

/** Libraries that have no twin; what comes from elsewhere is a file beside the program. */
const foreign = new Set(
  (
    "kindling torch torchvision torchaudio torchtext torchmetrics numpy math random time os sys argparse tqdm copy collections itertools functools typing dataclasses abc pathlib json " +
    "matplotlib sklearn pandas scipy PIL cv2 transformers datasets tokenizers gym gymnasium wandb tensorboard tensorboardX pickle warnings logging datetime string re glob shutil " +
    "tempfile enum types inspect contextlib operator statistics struct gc io csv urllib requests zipfile tarfile subprocess threading multiprocessing queue heapq bisect einops timm " +
    "pytorch_lightning lightning ignite accelerate apex seaborn plotly IPython yaml __future__ codecs unicodedata textwrap pprint numbers fractions decimal uuid hashlib socket signal platform traceback traitlets tiktoken sentencepiece nltk spacy networkx sympy skimage imageio h5py joblib psutil unittest pytest"
  ).split(" "),
);

function isOwn(module: string, readModule: (module: string) => string | undefined): boolean {
  return module.startsWith(".") || !foreign.has(module.split(".")[0]!) || readModule(module) !== undefined;
}

function collectImports(body: Block, context: Context, readModule: (module: string) => string | undefined): void {
  for (const statement of body.statements) {
    if (statement.kind === "import") importNames(statement, context, readModule);
    else for (const inner of blocksOf(statement)) collectImports(inner, context, readModule);
  }
}

function importNames(statement: Import, context: Context, readModule: (module: string) => string | undefined): void {
  const { module } = statement;
  for (const { name, alias } of statement.names) {
    if (module === undefined) {
      if (isOwn(name, readModule)) continue;
      context.imported.set(alias ?? name.split(".")[0]!, alias ? name : name.split(".")[0]!);
      if (alias && name === "torch.nn.functional") context.aliases.set(name, alias);
      continue;
    }
    if (isOwn(module, readModule)) continue;
    if (name === "*") starImport(module, context);
    else context.imported.set(alias ?? name, `${module}.${name}`);
    if (module === "torch.nn" && name === "functional") context.aliases.set("torch.nn.functional", alias ?? name);
  }
  if (context.aliases.get("torch.nn.functional") === "functional") context.aliases.set("torch.nn.functional", "functional");
}

function starImport(module: string, context: Context): void {
  for (const name of apiNames[kindlingPath(module) ?? ""] ?? []) context.imported.set(name, `${module}.${name}`);
}

/** The names that come from the program's own files. */
function ownNames(body: Block, readModule: (module: string) => string | undefined): string[] {
  return body.statements.flatMap((statement) => {
    if (statement.kind !== "import") return blocksOf(statement).flatMap((inner) => ownNames(inner, readModule));
    if (statement.module === undefined)
      return statement.names.filter(({ name }) => isOwn(name, readModule)).map(({ name, alias }) => alias ?? name.split(".")[0]!);
    if (!isOwn(statement.module, readModule)) return [];
    return statement.names.some(({ name }) => name === "*")
      ? [...namesOf(statement.module, readModule, body)]
      : statement.names.map(({ name, alias }) => alias ?? name);
  });
}

/** Imports of the program's own files. */
function ownImports(body: Block, readModule: (module: string) => string | undefined, modules: string[]): string[] {
  const lines: string[] = [];
  for (const statement of body.statements) {
    if (statement.kind !== "import") continue;
    if (statement.module === undefined) {
      for (const { name, alias } of statement.names) {
        if (!isOwn(name, readModule)) continue;
        modules.push(name);
        lines.push(`import * as ${ownName(alias ?? name.split(".").at(-1)!)} from "${fileOf(name)}";`);
      }
    } else if (isOwn(statement.module, readModule)) {
      modules.push(statement.module);
      const names = statement.names.map(({ name, alias }) => (alias ? `${name} as ${ownName(alias)}` : name));
      const star = statement.names.some(({ name }) => name === "*");
      const listed = star ? [...namesOf(statement.module, readModule, body)] : names;
      lines.push(`import { ${listed.sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)).join(", ")} } from "${fileOf(statement.module)}";`);
    }
  }
  return lines;
}

/** What `from module import *` brings that the program uses. */
function namesOf(module: string, readModule: (module: string) => string | undefined, body: Block): Set<string> {
  const source = readModule(module);
  const defined = new Set<string>();
  if (source !== undefined) {
    const other = prepare(parse(source).body);
    collectBindings(other, defined);
    for (const statement of other.statements) if (statement.kind === "function" || statement.kind === "class") defined.add(statement.name);
  }
  const used = new Set<string>();
  const inExpression = (expression: Expression): void => {
    if (expression.kind === "name") used.add(expression.name);
    for (const part of partsOf(expression)) inExpression(part);
  };
  const visit = (block: Block): void => {
    for (const statement of block.statements) {
      for (const expression of expressionsOf(statement)) inExpression(expression);
      for (const inner of blocksOf(statement)) visit(inner);
    }
  };
  visit(body);
  return new Set([...defined].filter((name) => used.has(name)));
}

function fileOf(module: string): string {
  const path = modulePath(module, "ts");
  return path.startsWith(".") ? path : `./${path}`;
}

/** `np.random` is one generator for the whole program. */
function numpyHead(context: Context, body: Block): string[] {
  let used = false;
  const inExpression = (expression: Expression): void => {
    const path = expression.kind === "attribute" ? context.pathOf(expression) : undefined;
    if (path && /^numpy\.random\.(?!RandomState|default_rng)\w+$/.test(path)) used = true;
    for (const part of partsOf(expression)) inExpression(part);
  };
  const visit = (block: Block): void => {
    for (const statement of block.statements) {
      for (const expression of expressionsOf(statement)) inExpression(expression);
      for (const inner of blocksOf(statement)) visit(inner);
    }
  };
  visit(body);
  return used ? [`let npRandom = ${context.api("numpyRandom")}(0);`] : [];
}
