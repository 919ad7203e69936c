/** Imports: Kindling's names, the program's own files, what Node has. */
import { predeclare } from "./grammar.ts";
import { collectNames, Context } from "./context.ts";
import { collectWholeNames } from "./functions.ts";
import { pythonName } from "./python.ts";
import { parseProgram, type Node } from "./syntax.ts";
import { unknown, type Type } from "./types.ts";

type ImportNode = Extract<Node, { type: "ImportDeclaration" }>;

/** Binds what an import names. What has to be imported in Python is kept in the context. */
export function importDeclaration(context: Context, node: ImportNode): void {
  const from = node.source.value;
  if (from === "kindling") return fromKindling(context, node);
  if (from.startsWith("node:") || /^(fs|path|os|url|process)$/.test(from)) return fromNode(context, node, from.replace("node:", ""));
  if (from.startsWith(".")) return fromOwnFile(context, node);
  if (node.importKind !== "type") context.refuse(node, `import … from "${from}"`);
  for (const each of node.specifiers) context.declare(each.local.name, unknown);
}

function importedName(each: ImportNode["specifiers"][number]): string {
  if (each.type !== "ImportSpecifier") return "";
  return each.imported.type === "Identifier" ? each.imported.name : each.imported.value;
}

const isType = (node: ImportNode, each: ImportNode["specifiers"][number]): boolean =>
  node.importKind === "type" || (each.type === "ImportSpecifier" && each.importKind === "type");

function fromKindling(context: Context, node: ImportNode): void {
  for (const each of node.specifiers) context.declare(each.local.name, { kind: "api", path: importedName(each) });
}

function fromNode(context: Context, node: ImportNode, module: string): void {
  const [last = module] = module.split("/").slice(-1);
  for (const each of node.specifiers)
    context.declare(each.local.name, {
      kind: "module",
      path: `node:${each.type === "ImportSpecifier" ? importedName(each) : last === "promises" ? "fs" : last}`,
    });
}

function fromOwnFile(context: Context, node: ImportNode): void {
  const path = resolved(context, node.source.value);
  const other = path === undefined ? undefined : moduleContext(context, path);
  if (!other) {
    if (node.importKind !== "type") context.refuse(node, `import … from "${node.source.value}"`, "there is no such file to translate");
    for (const each of node.specifiers) context.declare(each.local.name, unknown);
    return;
  }
  const module = pythonModule(context, other.file);
  for (const name of other.objectFields) context.objectFields.add(name);
  for (const name of other.classMembers) context.classMembers.add(name);
  for (const name of other.wholeNames) context.wholeNames.add(name);
  for (const each of node.specifiers) {
    const { name } = each.local;
    if (each.type === "ImportNamespaceSpecifier") {
      const members = new Map<string, Type>([...other.scope.bindings].map(([own, binding]) => [own, binding.type()]));
      const { python } = context.declare(name, { kind: "module", path: module, members });
      context.use(`import ${module}${module === python ? "" : ` as ${python}`}`);
      continue;
    }
    const wanted = each.type === "ImportDefaultSpecifier" ? "default" : importedName(each);
    const alias = other.aliases.get(wanted);
    if (alias && !other.scope.bindings.has(wanted)) context.aliases.set(name, alias);
    const binding = other.exported(wanted);
    const { python } = context.declare(name, () => binding?.type() ?? unknown);
    if (isType(node, each) || (alias && !binding)) continue;
    const theirs = binding?.python ?? pythonName(wanted);
    const names = context.imported.get(module) ?? new Set<string>();
    context.imported.set(module, names.add(theirs === python ? theirs : `${theirs} as ${python}`));
  }
}

/** `from module import names`, said by the program itself. */
export function exportedFrom(context: Context, source: string, names: string): string {
  const path = resolved(context, source);
  return path === undefined ? `pass` : `from ${pythonModule(context, path)} import ${names}`;
}

/** The file that `./name` stands for. */
export function resolved(context: Context, specifier: string): string | undefined {
  const parts = context.file.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  const path = parts.join("/");
  return [path, path.replace(/\.js$/, ".ts"), `${path}.ts`, `${path}/index.ts`].find((each) => context.read(each) !== undefined);
}

/** What another file of the program's declares. */
export function moduleContext(context: Context, path: string): Context | undefined {
  const known = context.modules.get(path);
  if (known) return known;
  const source = context.read(path);
  if (source === undefined) return undefined;
  const file = parseProgram(source);
  const other = new Context(path, source, [], context);
  other.modules.set(path, other);
  collectNames(other, file.program);
  collectWholeNames(file.program, other.wholeNames);
  for (const each of file.program.body) predeclare(other, each);
  return other;
}

/** Names of modules that Python or PyTorch look for themselves. */
const taken = new Set(
  "abc ast code collections copy csv enum functools io json logging math model numbers numpy operator os platform queue random re select signal site socket statistics string struct sys tempfile test time token torch train types typing warnings".split(
    " ",
  ),
);

/** `./layers/my-block.ts` beside the program is the module `layers.my_block`. */
export const pythonModule = (context: Context, path: string): string => moduleName(context.root, path);

/** Where the module is in a project. */
export const pythonFile = (root: string, path: string): string => `${moduleName(root, path).replaceAll(".", "/")}.py`;

function moduleName(folder: string, path: string): string {
  const root = folder.split("/");
  const own = path.split("/");
  let same = 0;
  while (same < root.length && root[same] === own[same]) same++;
  // A file of a folder above is put beside the program.
  const parts = own.slice(same < root.length ? -1 : same);
  return parts
    .map((part) => part.replace(/(\.model)?\.[cm]?[jt]s$/, "").replace(/\W/g, "_"))
    .map((part) => (taken.has(part) ? `${part}_` : part.replace(/^(?=\d)/, "_")))
    .join(".");
}
