/**
 * Puts calls of the hooks (`programHooks.ts`) into the user's code, after TypeScript is gone from it, so that classes, the
 * loops that train, the calls that tell a number and, where that is asked for, tensors make themselves known.
 * Only text without line breaks is inserted, and the source map follows, so every position stays the user's own.
 */
import {
  parse,
  type AnonymousClassDeclaration,
  type AnyNode,
  type ClassDeclaration as NamedClassDeclaration,
  type ClassExpression,
  type ForStatement,
  type Pattern,
} from "acorn";
import { decodedMappings, encodedMappings, TraceMap, type SourceMapSegment } from "@jridgewell/trace-mapping";
import type { SourcePosition } from "../protocol/index.ts";
import { indexAt } from "../run/series.ts";
import { findBindings } from "./bindings.ts";
import { callSites } from "./callSites.ts";
import type { ClassDeclaration, Declarations, FieldDeclaration, ImportedName, VariableDeclaration } from "./declarations.ts";
import type { Insertion } from "./insertion.ts";
import { countingLoop, epochLoops, loopsToMark, mayBreak, trainingLoops, turnOf, type CountingLoop } from "./loops.ts";
import { programHooksName } from "./programHooks.ts";
import { SourceText } from "./sourceText.ts";
import { fieldsOf } from "./fields.ts";
import { identifierName, nameGivenBy, walk } from "./syntaxTree.ts";
import { tellingCalls } from "./tellingCalls.ts";
import { closing as closingOrder, opening as openingOrder, valueHooks } from "./valueHooks.ts";

export interface HookedSource extends Declarations {
  readonly code: string;
  /** Encoded `mappings` of the new code. */
  readonly mappings: string;
}

type ClassNode = AnonymousClassDeclaration | NamedClassDeclaration;

const hooks = programHooksName;

/** Indices that a file's first class, loop, telling call and value get; without the last, values are not told. */
export interface FirstIndices {
  readonly class: number;
  readonly loop: number;
  readonly tellingCall: number;
  readonly value?: number;
}

/**
 * @param file absolute path of the user's file
 * @param source its text
 * @param code the same as JavaScript
 * @param map the source map from `code` to `source`
 */
export function insertHooks(file: string, source: string, code: string, map: string, first: FirstIndices): HookedSource {
  const text = new SourceText(file, source, code, map);
  const { trace, starts, lines: originalLines } = text;
  const insertions: Insertion[] = [];
  const classes: ClassDeclaration[] = [];
  const fields: FieldDeclaration[] = [];
  const variables: VariableDeclaration[] = [];
  const imports: ImportedName[] = [];
  const positionOf = (offset: number): SourcePosition | undefined => text.positionOf(offset);

  /** TypeScript's `name?: type` loses its question mark on the way to JavaScript; the original still has it. */
  function isOptional(name: string, position: SourcePosition | undefined): boolean {
    const text = position && originalLines[position.line - 1]?.slice(position.column - 1);
    const after = text?.startsWith(name) ? text.slice(name.length) : text?.replace(/^[\w\s]*\b/, "");
    return after !== undefined && /^\s*\?/.test(after);
  }

  const placeOf = (offset: number): SourcePosition => positionOf(offset) ?? { file, line: 1, column: 1 };

  function declareClass(node: ClassNode | ClassExpression, name: string): number {
    const position = placeOf(node.start);
    const constructor = node.body.body.find((member) => member.type === "MethodDefinition" && member.kind === "constructor");
    const parameters =
      constructor?.type === "MethodDefinition"
        ? constructor.value.params.map((parameter) => ({
            name: parameterName(parameter, originalLines, positionOf(parameter.start)),
            required:
              parameter.type !== "AssignmentPattern" && parameter.type !== "RestElement" && !isOptional(parameterText(parameter), positionOf(parameter.start)),
          }))
        : null;
    classes.push({ name, position, parameters });
    const index = first.class + classes.length - 1;
    fields.push(...fieldsOf(node, index, positionOf));
    return index;
  }

  function visitClass(node: ClassNode | ClassExpression, nameFromOutside: string | undefined, isDefaultExport: boolean): void {
    if (!node.superClass) {
      if (node.type === "ClassDeclaration" && node.id && speaksOfItself(node, node.id.name)) insertions.push({ at: node.end, text: keptName(node.id.name) });
      return;
    }
    const name = node.id?.name ?? nameFromOutside ?? "default";
    if (node.type === "ClassDeclaration" || isDefaultExport) {
      const reference = node.id?.name ?? "kindlingDefaultClass";
      if (!node.id) insertions.push({ at: node.start + "class".length, text: ` ${reference}` });
      insertions.push({ at: node.end, text: `;${hooks}?.declared(${reference},${declareClass(node, name)});` });
    } else {
      const index = declareClass(node, name);
      insertions.push(
        { at: node.start, text: `${hooks}.declared(`, order: openingOrder(node) },
        { at: node.end, text: `,${index})`, order: closingOrder(node) },
      );
    }
  }

  /** Whether esbuild makes `var Net = class _Net` of it, which would be its name. */
  function speaksOfItself({ body }: ClassNode | ClassExpression, name: string): boolean {
    const hasOwnName = body.body.some(
      (member) => "static" in member && member.static && "key" in member && member.key.type === "Identifier" && member.key.name === "name",
    );
    return !hasOwnName && new RegExp(`(?<![\\w$.])${name.replaceAll("$", "\\$")}(?![\\w$])`).test(code.slice(body.start, body.end));
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
    // First the epoch: the program may be held up where a turn begins, and says then which it is in.
    if (loop && epochs.has(loop.node)) calls.push(`${hooks}?.loop(${[loop.counter, loop.first, loop.bound, first.loop + i].join()});`);
    if (training.has(node)) calls.push(`${hooks}?.turn(${[first.loop + i, mayBreak(node.body), ...(loop ? turnOf(loop) : [])].join()});`);
    const isBlock = node.body.type === "BlockStatement";
    if (!isInList) opening.push({ at: statement.start, text: "{" });
    opening.push({ at: isBlock ? node.body.start + 1 : node.body.start, text: `${isBlock ? "" : "{"}${calls.join("")}` });
    // Of loops that end at the same place the inner ones, which come later in the list, are closed first.
    const left = training.has(node) ? `;${hooks}?.left(${first.loop + i});` : "";
    closing.unshift({ at: node.body.end, text: isBlock ? "" : "}" }, { at: statement.end, text: `${left}${isInList ? "" : "}"}` });
  });
  const telling = tellingCalls(tree);
  // A list gives the call's own value on; it lies around a hook for that value.
  const wrapping = telling.flatMap(({ node }, i) => [
    { at: node.start, text: "[", order: openingOrder(node) - 0.5 },
    { at: node.end, text: `,${hooks}?.called(${first.tellingCall + i})][0]`, order: closingOrder(node) + 0.5 },
  ]);
  insertions.push(...opening, ...wrapping, ...closing);
  const bindings = findBindings(tree);
  const values = first.value === undefined ? undefined : valueHooks(tree, bindings, text, first.value);
  insertions.push(...(values?.insertions ?? []));
  insertions.sort((a, b) => a.at - b.at || (a.order ?? 0) - (b.order ?? 0));
  return {
    code: insert(code, insertions),
    mappings: shift(trace, starts, insertions),
    classes,
    fields,
    variables,
    imports,
    loops: marked.map(({ node }) => placeOf(node.start)),
    tellingCalls: telling.map(({ at }) => placeOf(at)),
    calls: callSites(tree, bindings, text),
    values: values?.places ?? [],
  };
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

function parameterText(parameter: Pattern): string {
  if (parameter.type === "AssignmentPattern") return parameterText(parameter.left);
  if (parameter.type === "RestElement") return parameterText(parameter.argument);
  return parameter.type === "Identifier" ? parameter.name : "options";
}

/** The original's spelling: esbuild may have renamed it. */
/** The name that the class has in the file, whatever the bundle calls it. */
function keptName(name: string): string {
  return `;Object.defineProperty(${name},"name",{value:${JSON.stringify(name)},configurable:true});`;
}

function parameterName(parameter: Pattern, originalLines: readonly string[], position: SourcePosition | undefined): string {
  const text = position && originalLines[position.line - 1]?.slice(position.column - 1);
  const spelled = text && /^(?:(?:public|private|protected|readonly|override)\s+)*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(text)?.[1];
  return spelled || parameterText(parameter);
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
    const line = indexAt(starts, at);
    const column = at - starts[line]!;
    for (const segment of lines[line] ?? []) if (segment[0] >= column) (segment as unknown as number[])[0]! += text.length;
  }
  return encodedMappings(new TraceMap({ version: 3, names: [...trace.names], sources: [...trace.sources], mappings: lines } as never));
}
