/** TypeScript files as a parser sees them: declarations by name, what each name refers to, and the comments before them. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseSync } from "oxc-parser";

const sources = new Map();

/** The file at `path`, parsed once. */
export function sourceAt(path) {
  const known = sources.get(path);
  if (known) return known;
  const source = new Source(path);
  sources.set(path, source);
  return source;
}

class Source {
  constructor(path) {
    this.path = path;
    this.text = readFileSync(path, "utf8");
    const { program, comments, errors } = parseSync(path, this.text);
    if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
    this.docs = comments.filter((comment) => comment.type === "Block" && comment.value.startsWith("*"));
    /** Everything that is declared here by name: a list, because functions have overloads. */
    this.declarations = new Map();
    /** Local name → [path of the file that it is from, its name there]. */
    this.imports = new Map();
    for (const statement of program.body) this.#take(statement);
  }

  #take(statement) {
    if (statement.type === "ImportDeclaration") return this.#takeImport(statement);
    const isExport = statement.type === "ExportNamedDeclaration";
    const node = isExport ? statement.declaration : statement;
    const name = node?.id?.name ?? (node?.type === "VariableDeclaration" ? node.declarations[0].id.name : undefined);
    if (name === undefined) return;
    const entry = { node, name, source: this, exported: isExport, doc: this.docBefore(statement.start) };
    this.declarations.set(name, [...(this.declarations.get(name) ?? []), entry]);
  }

  #takeImport({ specifiers, source }) {
    if (!source.value.startsWith(".")) return;
    const path = resolve(dirname(this.path), source.value);
    for (const { local, imported } of specifiers) if (imported) this.imports.set(local.name, [path, imported.name]);
  }

  /** The documentation comment that ends where, but for white space and words to the linter, the thing at `position` begins. */
  docBefore(position) {
    const comment = this.docs.findLast(({ end }) => end <= position);
    return comment &&
      this.text
        .slice(comment.end, position)
        .replace(/\/\/ oxlint-.*/g, "")
        .trim() === ""
      ? comment.value
      : null;
  }

  slice({ start, end }) {
    return this.text.slice(start, end);
  }

  /** Where the type called `name` is declared: its entry, or `null` for JavaScript's own. */
  resolveType(name) {
    const entries = this.declarations.get(name) ?? [];
    // An interface of a class's name only adds to it.
    const here =
      entries.find(({ node }) => node.type === "ClassDeclaration") ??
      entries.find(({ node }) => node.type.startsWith("TS") && node.type !== "TSDeclareFunction");
    if (here) return here;
    const from = this.imports.get(name);
    return from ? (sourceAt(from[0]).resolveType(from[1]) ?? sourceAt(from[0]).reExported(from[1])) : null;
  }

  /** A name that an index file passes on. */
  reExported(name) {
    const { program } = parseSync(this.path, this.text);
    for (const statement of program.body) {
      if (!statement.source || !statement.type.startsWith("Export")) continue;
      const specifier = statement.specifiers?.find(({ exported }) => exported.name === name);
      if (statement.type === "ExportNamedDeclaration" && !specifier) continue;
      const target = sourceAt(resolve(dirname(this.path), statement.source.value));
      const original = specifier?.local.name ?? name;
      const found = target.resolveType(original) ?? target.reExported(original);
      if (found) return found;
    }
    return null;
  }
}
