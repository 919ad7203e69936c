/**
 * Marks the user's code, after TypeScript is gone from it, so that classes and the loops that train make themselves known.
 * Only text without line breaks is inserted, and the source map follows, so every position stays the user's own.
 */
import { parse, type AnonymousClassDeclaration, type AnyNode, type ClassDeclaration as NamedClassDeclaration, type ClassExpression, type DoWhileStatement, type ForInStatement, type ForOfStatement, type ForStatement, type Pattern, type WhileStatement } from "acorn";
import { decodedMappings, encodedMappings, originalPositionFor, TraceMap, type SourceMapSegment } from "@jridgewell/trace-mapping";
import { programHooksName, type ClassDeclaration, type ImportedName, type VariableDeclaration } from "./annotations.ts";
import type { SourcePosition } from "../protocol/index.ts";

export interface AnnotatedSource {
  readonly code: string;
  /** Encoded `mappings` of the new code. */
  readonly mappings: string;
  readonly classes: readonly ClassDeclaration[];
  readonly variables: readonly VariableDeclaration[];
  readonly imports: readonly ImportedName[];
  /** Number of loops that were marked as training. */
  readonly loops: number;
}

type ClassNode = AnonymousClassDeclaration | NamedClassDeclaration;

interface Insertion {
  readonly at: number;
  readonly text: string;
}

const hooks = programHooksName;

/**
 * @param file absolute path of the user's file
 * @param source its text
 * @param code the same as JavaScript
 * @param map the source map from `code` to `source`
 * @param first indices that the file's first class and its first loop get
 */
export function annotate(file: string, source: string, code: string, map: string, first: { readonly class: number; readonly loop: number }): AnnotatedSource {
  const trace = new TraceMap(map);
  const originalLines = source.split("\n");
  const starts = lineStarts(code);
  const insertions: Insertion[] = [];
  const classes: ClassDeclaration[] = [];
  const variables: VariableDeclaration[] = [];
  const imports: ImportedName[] = [];

  function positionOf(offset: number): SourcePosition | undefined {
    const line = lineOf(starts, offset);
    const found = originalPositionFor(trace, { line: line + 1, column: offset - starts[line]! });
    return found.line === null ? undefined : { file, line: found.line, column: found.column + 1 };
  }

  /** TypeScript's `name?: type` loses its question mark on the way to JavaScript; the original still has it. */
  function isOptional(name: string, position: SourcePosition | undefined): boolean {
    const text = position && originalLines[position.line - 1]?.slice(position.column - 1);
    const after = text?.startsWith(name) ? text.slice(name.length) : text?.replace(/^[\w\s]*\b/, "");
    return after !== undefined && /^\s*\?/.test(after);
  }

  function declareClass(node: ClassNode | ClassExpression, name: string): number {
    const position = positionOf(node.start) ?? { file, line: 1, column: 1 };
    const constructor = node.body.body.find((member) => member.type === "MethodDefinition" && member.kind === "constructor");
    const parameters =
      constructor?.type === "MethodDefinition"
        ? constructor.value.params.map((parameter) => ({
            name: parameterName(parameter, originalLines, positionOf(parameter.start)),
            required: parameter.type !== "AssignmentPattern" && parameter.type !== "RestElement" && !isOptional(parameterText(parameter), positionOf(parameter.start)),
          }))
        : null;
    classes.push({ name, position, parameters });
    return first.class + classes.length - 1;
  }

  function visitClass(node: ClassNode | ClassExpression, nameFromOutside: string | undefined, isDefaultExport: boolean): void {
    if (!node.superClass) return;
    const name = node.id?.name ?? nameFromOutside ?? "default";
    if (node.type === "ClassDeclaration" || isDefaultExport) {
      const reference = node.id?.name ?? "kindlingDefaultClass";
      if (!node.id) insertions.push({ at: node.start + "class".length, text: ` ${reference}` });
      insertions.push({ at: node.end, text: `;${hooks}?.declared(${reference},${declareClass(node, name)});` });
    } else {
      const index = declareClass(node, name);
      insertions.push({ at: node.start, text: `${hooks}.declared(` }, { at: node.end, text: `,${index})` });
    }
  }

  /** `assigned`: to a variable that exists already, so that what it held before is given up. */
  function visitHolder(name: string | undefined, value: AnyNode | null | undefined, assigned: boolean): void {
    if (!name || !value) return;
    for (const held of heldCalls(name, value)) {
      const position = positionOf(held.at);
      if (position) variables.push({ name: held.name, position, assigned });
    }
  }

  const counting: CountingLoop[] = [];
  const tree = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  walk(tree, null, (node, parent) => {
    switch (node.type) {
      case "ClassDeclaration":
        visitClass(node, undefined, parent?.type === "ExportDefaultDeclaration");
        break;
      case "ClassExpression":
        visitClass(node, nameGivenBy(parent), false);
        break;
      case "VariableDeclarator":
        visitHolder(identifierName(node.id), node.init, false);
        break;
      case "AssignmentExpression":
        visitHolder(identifierName(node.left), node.right, true);
        break;
      case "ImportSpecifier": {
        const position = positionOf(node.start);
        const name = node.imported.type === "Identifier" ? node.imported.name : String(node.imported.value);
        if (position && parent?.type === "ImportDeclaration" && parent.source.value === "kindling") imports.push({ name, position });
        break;
      }
      case "ForStatement": {
        const loop = countingLoop(node);
        if (loop) counting.push(loop);
        break;
      }
    }
  });

  const epochs = new Set(epochLoops(counting).map(({ node }) => node));
  const training = trainingLoops(tree);
  const marked = loopsToMark(tree, (node) => epochs.has(node as ForStatement) || training.has(node));
  const opening: Insertion[] = [];
  const closing: Insertion[] = [];
  marked.forEach(({ node, statement, isInList }, i) => {
    const loop = counting.find((candidate) => candidate.node === node);
    const calls: string[] = [];
    if (training.has(node)) calls.push(`${hooks}?.turn(${[first.loop + i, mayBreak(node.body), ...(loop ? turnOf(loop) : [])].join()});`);
    if (loop && epochs.has(loop.node)) calls.push(`${hooks}?.loop(${loop.counter},${loop.first},${loop.bound});`);
    const isBlock = node.body.type === "BlockStatement";
    if (!isInList) opening.push({ at: statement.start, text: "{" });
    opening.push({ at: isBlock ? node.body.start + 1 : node.body.start, text: `${isBlock ? "" : "{"}${calls.join("")}` });
    // Of loops that end at the same place the inner ones, which come later in the list, are closed first.
    const left = training.has(node) ? `;${hooks}?.left(${first.loop + i});` : "";
    closing.unshift({ at: node.body.end, text: isBlock ? "" : "}" }, { at: statement.end, text: `${left}${isInList ? "" : "}"}` });
  });
  insertions.push(...opening, ...closing);
  insertions.sort((a, b) => a.at - b.at);
  return { code: insert(code, insertions), mappings: shift(trace, starts, insertions), classes, variables, imports, loops: marked.length };
}

type Loop = ForStatement | ForOfStatement | ForInStatement | WhileStatement | DoWhileStatement;

interface MarkedLoop {
  readonly node: Loop;
  /** The loop with its labels. */
  readonly statement: AnyNode;
  /** Whether another statement may follow it; else the two need braces. */
  readonly isInList: boolean;
}

/** In the order in which they begin. */
function loopsToMark(tree: AnyNode, isWanted: (node: Loop) => boolean): MarkedLoop[] {
  const found: MarkedLoop[] = [];
  const places = new Map<AnyNode, Pick<MarkedLoop, "statement" | "isInList">>();
  walk(tree, null, (node, parent) => {
    const isLoop = loopTypes.has(node.type);
    if (!isLoop && node.type !== "LabeledStatement") return;
    const place = (parent && places.get(parent)) ?? { statement: node, isInList: parent !== null && listTypes.has(parent.type) };
    if (!isLoop) places.set(node, place);
    else if (isWanted(node as Loop)) found.push({ node: node as Loop, ...place });
  });
  return found;
}

const loopTypes: ReadonlySet<string> = new Set(["ForStatement", "ForOfStatement", "ForInStatement", "WhileStatement", "DoWhileStatement"]);
const listTypes: ReadonlySet<string> = new Set(["Program", "BlockStatement", "SwitchCase", "StaticBlock"]);

/** Which turn it is, and how many there will be, as code. */
function turnOf({ counter, first, bound, stride }: CountingLoop): string[] {
  const count = `${bound}-${first}`;
  return stride === "1" ? [`${counter}-${first}`, count] : [`(${counter}-${first})/${stride}`, `Math.ceil((${count})/${stride})`];
}

/** Whether the loop's own text ends it: by `break`, `return` or `process.exit()`. */
function mayBreak(body: AnyNode): boolean {
  const visit = (node: AnyNode, isInner: boolean): boolean => {
    if (functionTypes.has(node.type)) return false;
    if (node.type === "ReturnStatement" || (node.type === "BreakStatement" && (!isInner || node.label))) return true;
    if (node.type === "CallExpression" && node.callee.type === "MemberExpression" && identifierName(node.callee.property) === "exit") return true;
    return childrenOf(node).some((child) => visit(child, isInner || loopTypes.has(node.type) || node.type === "SwitchStatement"));
  };
  return visit(body, false);
}

/**
 * The loops in whose turns a `backward()` is called: in their own text, or in that of functions and methods of this file that
 * they call, going by name.
 */
function trainingLoops(tree: AnyNode): ReadonlySet<AnyNode> {
  const functions: { readonly name: string; readonly calls: ReadonlySet<string> }[] = [];
  const loops: { readonly node: AnyNode; readonly calls: ReadonlySet<string> }[] = [];
  walk(tree, null, (node, parent) => {
    if (loopTypes.has(node.type)) loops.push({ node, calls: calledNames((node as Loop).body) });
    const name = functionTypes.has(node.type) ? functionName(node, parent) : undefined;
    if (name !== undefined) functions.push({ name, calls: calledNames(node) });
  });
  const training = new Set(["backward"]);
  const trains = ({ calls }: { readonly calls: ReadonlySet<string> }): boolean => [...calls].some((name) => training.has(name));
  for (let before = 0; before < training.size; ) {
    before = training.size;
    for (const candidate of functions) if (trains(candidate)) training.add(candidate.name);
  }
  return new Set(loops.filter(trains).map(({ node }) => node));
}

const functionTypes: ReadonlySet<string> = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

function functionName(node: AnyNode, parent: AnyNode | null): string | undefined {
  const own = (node as { id?: AnyNode | null }).id;
  if (own) return identifierName(own);
  if (parent?.type === "MethodDefinition" || parent?.type === "PropertyDefinition" || parent?.type === "Property") return identifierName(parent.key);
  return nameGivenBy(parent);
}

/** Names of all functions and methods that are called somewhere within. */
function calledNames(within: AnyNode): ReadonlySet<string> {
  const names = new Set<string>();
  walk(within, null, (node) => {
    if (node.type !== "CallExpression") return;
    const name = identifierName(node.callee.type === "MemberExpression" ? node.callee.property : node.callee);
    if (name !== undefined) names.add(name);
  });
  return names;
}

interface CountingLoop {
  readonly node: ForStatement;
  readonly counter: string;
  readonly first: string;
  /** The first value that the counter does not take. */
  readonly bound: string;
  /** By how much the counter grows. */
  readonly stride: string;
}

/**
 * The loops over epochs: those whose counter says so, else those right around a loop over batches with a `step()` inside.
 */
function epochLoops(loops: readonly CountingLoop[]): CountingLoop[] {
  const named = loops.filter(({ counter }) => /epoch/i.test(counter));
  const others = loops.filter((loop) => !named.includes(loop) && stepsThroughBatches(loop.node.body));
  const isAround = (outer: CountingLoop, inner: CountingLoop): boolean =>
    outer !== inner && outer.node.start <= inner.node.start && inner.node.end <= outer.node.end;
  const innermost = others.filter((loop) => ![...named, ...others].some((other) => isAround(loop, other)) && !named.some((other) => isAround(other, loop)));
  return [...named, ...innermost];
}

/** `for (let i = a; i < b; i += c) { … }`, where `a`, `b` and `c` are simple: they are evaluated once more in each turn. (What shadows a name has another one: esbuild sees to that.) */
function countingLoop(node: ForStatement): CountingLoop | undefined {
  if (node.init?.type !== "VariableDeclaration" || node.test?.type !== "BinaryExpression") return undefined;
  const declaration = node.init.declarations[0];
  const counter = declaration && identifierName(declaration.id);
  const { left, right, operator } = node.test;
  const first = declaration?.init && plainValue(declaration.init);
  const bound = plainValue(right);
  const stride = node.update && strideOf(node.update);
  if (!counter || !first || !bound || !stride || left.type !== "Identifier" || left.name !== counter) return undefined;
  if (operator !== "<" && operator !== "<=") return undefined;
  return { node, counter, first, bound: operator === "<=" ? `${bound}+1` : bound, stride };
}

function strideOf(update: AnyNode): string | undefined {
  if (update.type === "UpdateExpression") return update.operator === "++" ? "1" : undefined;
  return update.type === "AssignmentExpression" && update.operator === "+=" ? plainValue(update.right) : undefined;
}

function plainValue(node: AnyNode): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type === "Literal" && typeof node.value === "number") return String(node.value);
  if (node.type === "MemberExpression" && !node.computed && node.property.type === "Identifier") {
    const object = plainValue(node.object as AnyNode);
    return object && `${object}.${node.property.name}`;
  }
  return undefined;
}

function stepsThroughBatches(body: AnyNode): boolean {
  let found = false;
  walk(body, null, (node) => {
    if (node.type === "ForOfStatement") {
      walk(node.body, null, (inner) => {
        found ||= inner.type === "CallExpression" && inner.callee.type === "MemberExpression" && inner.callee.property.type === "Identifier" && inner.callee.property.name === "step";
      });
    }
  });
  return found;
}

interface HeldCall {
  readonly name: string;
  readonly at: number;
}

/**
 * The calls whose results an initialiser keeps under `name`, each with the place where V8 says the call is:
 * `new` itself, the name of a called method, or the called function.
 */
function heldCalls(name: string, value: AnyNode): HeldCall[] {
  switch (value.type) {
    case "NewExpression":
      return [{ name, at: value.start }];
    case "CallExpression": {
      const { callee } = value;
      if (callee.type !== "MemberExpression") return [{ name, at: callee.start }];
      // `new Net().eval()`: most methods of a module return the module.
      return [{ name, at: callee.property.start }, ...heldCalls(name, callee.object as AnyNode)];
    }
    case "AwaitExpression":
      return heldCalls(name, value.argument);
    case "ConditionalExpression":
      return [...heldCalls(name, value.consequent), ...heldCalls(name, value.alternate)];
    case "LogicalExpression":
      return [...heldCalls(name, value.left), ...heldCalls(name, value.right)];
    case "ArrayExpression":
      return value.elements.flatMap((element, index) => (element ? heldCalls(`${name}[${index}]`, element) : []));
    case "ObjectExpression":
      return value.properties.flatMap((property) =>
        property.type === "Property" && property.key.type === "Identifier" ? heldCalls(`${name}.${property.key.name}`, property.value) : [],
      );
    default:
      return [];
  }
}

function identifierName(pattern: AnyNode): string | undefined {
  return pattern.type === "Identifier" ? pattern.name : undefined;
}

/** The name that `const Net = class …` gives to an anonymous class. */
function nameGivenBy(parent: AnyNode | null): string | undefined {
  if (parent?.type === "VariableDeclarator") return identifierName(parent.id);
  if (parent?.type === "AssignmentExpression") return identifierName(parent.left);
  return undefined;
}

function parameterText(parameter: Pattern): string {
  if (parameter.type === "AssignmentPattern") return parameterText(parameter.left);
  if (parameter.type === "RestElement") return parameterText(parameter.argument);
  return parameter.type === "Identifier" ? parameter.name : "options";
}

/** The original's spelling: esbuild may have renamed it. */
function parameterName(parameter: Pattern, originalLines: readonly string[], position: SourcePosition | undefined): string {
  const text = position && originalLines[position.line - 1]?.slice(position.column - 1);
  const spelled = text && /^(?:(?:public|private|protected|readonly|override)\s+)*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(text)?.[1];
  return spelled || parameterText(parameter);
}

function walk(node: AnyNode, parent: AnyNode | null, visit: (node: AnyNode, parent: AnyNode | null) => void): void {
  visit(node, parent);
  for (const child of childrenOf(node)) walk(child, node, visit);
}

function childrenOf(node: AnyNode): AnyNode[] {
  return (Object.values(node) as unknown[]).flat().filter(isNode);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string" && "start" in value;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function insert(code: string, insertions: readonly Insertion[]): string {
  let result = "";
  let from = 0;
  for (const { at, text } of insertions) {
    result += code.slice(from, at) + text;
    from = at;
  }
  return result + code.slice(from);
}

/** Moves the segments to the right of each insertion in its line. */
function shift(trace: TraceMap, starts: readonly number[], insertions: readonly Insertion[]): string {
  if (insertions.length === 0) return encodedMappings(trace);
  const lines = decodedMappings(trace).map((line) => line.map((segment) => [...segment] as unknown as SourceMapSegment));
  // From the right, so that offsets further left still mean the old columns.
  for (const { at, text } of [...insertions].reverse()) {
    const line = lineOf(starts, at);
    const column = at - starts[line]!;
    for (const segment of lines[line] ?? []) if (segment[0] >= column) (segment as unknown as number[])[0]! += text.length;
  }
  return encodedMappings(new TraceMap({ version: 3, names: [...trace.names], sources: [...trace.sources], mappings: lines } as never));
}
