/** Makes a program tell its tensors: those that names are given, that are passed on, and that are returned. */
import type { AnyNode } from "acorn";
import type { ValuePlace } from "../observe/values/valuePlace.ts";
import type { SourceEnd } from "../protocol/index.ts";
import { nameOf, type Binding, type Bindings } from "./bindings.ts";
import type { Insertion } from "./insertion.ts";
import { programHooksName } from "./programHooks.ts";
import type { SourceText } from "./sourceText.ts";
import { childrenOf, functionName, functionTypes, walk } from "./syntaxTree.ts";

export interface ValueHooks {
  readonly places: readonly ValuePlace[];
  readonly insertions: readonly Insertion[];
}

/** @param first index that the file's first place gets */
export function valueHooks(tree: AnyNode, bindings: Bindings, text: SourceText, first: number): ValueHooks {
  const places: (ValuePlace & { uses: SourceEnd[] })[] = [];
  const insertions: Insertion[] = [];
  const placeOf = new Map<Binding, number>();
  /** Expressions that are told themselves. */
  const wrapped = new Set<AnyNode>();

  function add(kind: ValuePlace["kind"], node: AnyNode, source: AnyNode | undefined, isEntrance = false): number | undefined {
    const range = text.rangeOf(node);
    if (!range) return undefined;
    const from = source ? sourcesOf(source) : [];
    return first + places.push({ kind, text: text.textOf(range), ...range, from, isEntrance, uses: [] }) - 1;
  }

  function sourcesOf(expression: AnyNode): number[] {
    // What a name was given last before: `x = this.fc2(x)` is computed from what the line above made of `x`.
    const read = readsIn(expression).flatMap((node) => bindings.of(node).at(-1) ?? []);
    return [...new Set(read.flatMap((binding) => placeOf.get(binding) ?? []))];
  }

  function wrap(node: AnyNode, place: number | undefined): void {
    if (place === undefined) return;
    insertions.push({ at: node.start, text: `${programHooksName}.value(`, order: opening(node) }, { at: node.end, text: `,${place})`, order: closing(node) });
  }

  function bind(binding: Binding): void {
    const { kind, target, value, source, inside, behind } = binding;
    const at = value && mayBeTensor(value) ? value : (inside ?? behind);
    if (!at || (value && at !== value)) return;
    const place = add(kind, target, source, kind === "loop" || binding.functionName === "forward");
    if (place === undefined) return;
    placeOf.set(binding, place);
    if (at === value) return wrap(value, place);
    const name = nameOf(target)!;
    if (inside) insertions.push({ at: inside.start + 1, text: `${programHooksName}.value(${name},${place});` });
    else insertions.push({ at: at.end, text: `;${programHooksName}.value(${name},${place});` });
  }

  for (const binding of bindings.all) bind(binding);
  walk(tree, null, (node, parent) => {
    if (node.type === "CallExpression" || node.type === "NewExpression") {
      for (const argument of node.arguments) if (mayBeTensor(argument)) wrap(argument, add("argument", argument, argument));
    } else if (node.type === "ReturnStatement" && node.argument && mayBeTensor(node.argument)) {
      wrap(node.argument, add("result", node.argument, node.argument));
    } else if (node.type === "ArrowFunctionExpression" && node.body.type !== "BlockStatement" && mayBeTensor(node.body)) {
      wrap(node.body, add("result", node.body, node.body, functionName(node, parent) === "forward"));
    }
  });
  for (const [read, given] of bindings.reads) {
    const place = placeOf.get(given.at(-1)!);
    const range = place === undefined || wrapped.has(read) ? undefined : text.rangeOf(read);
    if (range) places[place! - first]!.uses.push({ line: range.position.line, column: range.position.column });
  }
  return { places, insertions };
}

/** Larger than any place in a text, and small enough that halves are still told apart. */
const farBehind = 2 ** 40;

/** What opens comes before what opens within it, what closes within before what closes around it. */
export const opening = (node: AnyNode): number => farBehind - node.end;
export const closing = (node: AnyNode): number => -1 - node.start;

const kinds: ReadonlySet<string> = new Set(["CallExpression", "NewExpression", "MemberExpression", "AwaitExpression", "YieldExpression", "ChainExpression"]);

/** Whether an expression may give a tensor, or a list of tensors; functions and classes, which are named by where they stand, never do. */
function mayBeTensor(node: AnyNode): boolean {
  switch (node.type) {
    case "Identifier":
      return node.name !== "undefined";
    case "ConditionalExpression":
      return mayBeTensor(node.consequent) || mayBeTensor(node.alternate);
    case "LogicalExpression":
      return mayBeTensor(node.left) || mayBeTensor(node.right);
    case "AssignmentExpression":
      return mayBeTensor(node.right);
    case "ArrayExpression":
      return node.elements.some((element) => element !== null && element.type !== "SpreadElement" && mayBeTensor(element));
    default:
      return kinds.has(node.type);
  }
}

/** Names, and `this.x`, that an expression reads itself. */
export function readsIn(node: AnyNode): AnyNode[] {
  if (functionTypes.has(node.type)) return [];
  if (nameOf(node) !== undefined) return [node];
  if (node.type === "MemberExpression" && !node.computed) return readsIn(node.object);
  if (node.type === "Property") return readsIn(node.value);
  return childrenOf(node).flatMap(readsIn);
}
