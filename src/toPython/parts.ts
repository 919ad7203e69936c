/** Which of a program's statements make its models, and which use them. */
import { bare, boundNames, contains, freeNames, keyName, parseProgram, walk, type Node } from "./syntax.ts";

export interface ModelPart {
  /** Whether a statement of the program's top level belongs to the models. */
  readonly isModel: (node: Node) => boolean;
  /** What it declares. */
  readonly names: readonly string[];
}

interface Entry {
  readonly node: Node;
  readonly names: readonly string[];
  readonly needs: ReadonlySet<string>;
  /** Whether it only says what something is, so that it may stand in a file of its own. */
  readonly isMovable: boolean;
}

/** The classes, and the functions and constants that they speak of; a class that needs what the program works out stays with it. */
export function modelPart(source: string): ModelPart {
  const { program } = parseProgram(source);
  const changed = changedNames(program);
  const entries = program.body.map((node) => entryOf(node, changed));
  const declared = new Map(entries.flatMap((entry) => entry.names.map((name) => [name, entry] as const)));
  const movable = new Set(entries.filter(({ isMovable }) => isMovable));
  // What needs something that stays, stays.
  for (let isOpen = true; isOpen;) {
    isOpen = false;
    for (const entry of movable) {
      if ([...entry.needs].every((name) => !declared.has(name) || movable.has(declared.get(name)!))) continue;
      movable.delete(entry);
      isOpen = true;
    }
  }
  const chosen = new Set<Entry>();
  const choose = (entry: Entry): void => {
    if (chosen.has(entry)) return;
    chosen.add(entry);
    for (const name of entry.needs) if (declared.has(name)) choose(declared.get(name)!);
  };
  for (const entry of movable) if (inner(entry.node).type === "ClassDeclaration") choose(entry);
  const starts = new Set([...chosen].map(({ node }) => node.start));
  return { isModel: (node) => starts.has(node.start), names: [...chosen].flatMap(({ names }) => names) };
}

/** Without `export`. */
const inner = (node: Node): Node =>
  (node.type === "ExportNamedDeclaration" || node.type === "ExportDefaultDeclaration") && node.declaration ? node.declaration : node;

/** Names of lists, maps and objects that something is put into, or taken out of. */
function changedNames(program: Node): Set<string> {
  const found = new Set<string>();
  const note = (node: Node): void => {
    const of = bare(node);
    if (of.type === "MemberExpression") note(of.object);
    if (of.type === "Identifier") found.add(of.name);
  };
  walk(program, (node) => {
    if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") note(node.left);
    if (node.type === "UpdateExpression" && node.argument.type === "MemberExpression") note(node.argument);
    const isChange =
      node.type === "CallExpression" && node.callee.type === "MemberExpression" && changes.has(keyName(node.callee.property, node.callee.computed) ?? "");
    if (isChange) note((node.callee as Extract<Node, { type: "MemberExpression" }>).object);
  });
  return found;
}

const changes = new Set("push pop shift unshift splice sort reverse fill set add delete clear".split(" "));

function entryOf(node: Node, changed: ReadonlySet<string>): Entry {
  const declaration = inner(node);
  const isImport = node.type === "ImportDeclaration";
  return {
    node,
    names: isImport ? [] : namesOf(declaration),
    needs: isImport ? new Set() : freeNames(node),
    isMovable: isMovable(declaration) && !isChanged(declaration, changed),
  };
}

function namesOf(node: Node): string[] {
  if (node.type === "VariableDeclaration") return node.declarations.flatMap(({ id }) => boundNames(id));
  if ((node.type === "ClassDeclaration" || node.type === "FunctionDeclaration" || node.type === "TSEnumDeclaration") && node.id) return boundNames(node.id);
  return [];
}

/** What something is put into is not yet what it will be where it is declared. */
const isChanged = (node: Node, changed: ReadonlySet<string>): boolean => node.type === "VariableDeclaration" && namesOf(node).some((name) => changed.has(name));

function isMovable(node: Node): boolean {
  if (node.type === "ClassDeclaration" || node.type === "FunctionDeclaration" || node.type === "TSEnumDeclaration") return true;
  if (node.type !== "VariableDeclaration" || node.kind !== "const") return false;
  return node.declarations.every(
    ({ init }) => init && (/Function/.test(init.type) || !contains(init, (each) => /^(CallExpression|NewExpression|AwaitExpression)$/.test(each.type), false)),
  );
}
