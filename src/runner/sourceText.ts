/** One of the user's files as JavaScript, before anything is put into it, and where its parts stand in the user's own text. */
import type { AnyNode } from "acorn";
import { originalPositionFor, TraceMap, traceSegment } from "@jridgewell/trace-mapping";
import type { SourceEnd, SourcePosition } from "../protocol/index.ts";
import { indexAt } from "../run/series.ts";

/** A part of the user's own text. */
export interface SourceRange {
  readonly position: SourcePosition;
  readonly end: SourceEnd;
}

const identifier = /#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;

export class SourceText {
  readonly file: string;
  readonly code: string;
  readonly trace: TraceMap;
  /** Where the JavaScript's lines begin. */
  readonly starts: readonly number[];
  /** The user's own lines. */
  readonly lines: readonly string[];

  /**
   * @param file absolute path of the user's file
   * @param source its text
   * @param code the same as JavaScript
   * @param map the source map from `code` to `source`
   */
  constructor(file: string, source: string, code: string, map: string) {
    this.file = file;
    this.code = code;
    this.trace = new TraceMap(map);
    this.starts = lineStarts(code);
    this.lines = source.split("\n");
  }

  /** The place at or before which the user's text has what stands in the JavaScript. */
  positionOf(offset: number): SourcePosition | undefined {
    const line = indexAt(this.starts, offset);
    const found = originalPositionFor(this.trace, { line: line + 1, column: offset - this.starts[line]! });
    return found.line === null ? undefined : { file: this.file, line: found.line, column: found.column + 1 };
  }

  /** Where an expression or a name stands, if the user wrote it so. */
  rangeOf(node: AnyNode): SourceRange | undefined {
    const position = this.#exactly(node.start);
    const end = position && this.#endOf(node);
    const isForward = position && end && (end.line > position.line || (end.line === position.line && end.column > position.column));
    return isForward ? this.#balanced({ position, end }) : undefined;
  }

  /** What the user wrote there, in one line. */
  textOf({ position, end }: SourceRange): string {
    const lines = this.lines.slice(position.line - 1, end.line);
    lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column - 1);
    lines[0] = lines[0]!.slice(position.column - 1);
    return lines.map((line) => line.trim()).join(" ");
  }

  /** The name at that place of the user's text. */
  nameAt({ line, column }: SourcePosition): string | undefined {
    identifier.lastIndex = column - 1;
    return identifier.exec(this.lines[line - 1] ?? "")?.[0];
  }

  /** The same, where the user's text has something of its own there. */
  #exactly(offset: number): SourcePosition | undefined {
    const line = indexAt(this.starts, offset);
    const begin = this.starts[line]!;
    const known = traceSegment(this.trace, line, offset - begin)?.[0];
    // A statement begins with the spaces before it.
    return known !== undefined && this.code.slice(begin + known, offset).trim() === "" ? this.positionOf(offset) : undefined;
  }

  /** The map knows no brackets that only hold things together: one that is closed within the range is opened within it, and so on. */
  #balanced(range: SourceRange): SourceRange {
    const text = this.textOf(range);
    const open = text.split("(").length - text.split(")").length;
    if (open === 0) return range;
    const { position, end } = range;
    const before = /(?:\(\s*)+$/.exec(this.lines[position.line - 1]!.slice(0, position.column - 1))?.[0];
    const behind = /^(?:\s*(?:!|as\s[^()]*)?\))+/.exec(this.lines[end.line - 1]!.slice(end.column - 1))?.[0];
    if (open < 0 && before) return { position: { ...position, column: position.column - lengthWith(before.split("").reverse(), "(", -open) }, end };
    if (open > 0 && behind) return { position, end: { ...end, column: end.column + lengthWith(behind.split(""), ")", open) } };
    return range;
  }

  /** Read off the last sign of the expression, which the source map knows. */
  #endOf(node: AnyNode): SourceEnd | undefined {
    switch (node.type) {
      case "Identifier":
      case "PrivateIdentifier":
      case "ThisExpression":
        return this.#afterName(node.start);
      case "MemberExpression":
        return node.computed ? this.#after(node.end - 1, "]") : this.#afterName(node.property.start);
      case "CallExpression":
      case "NewExpression":
        return this.#after(node.end - 1, ")");
      case "ArrayExpression":
        return this.#after(node.end - 1, "]");
      case "ChainExpression":
        return this.#endOf(node.expression);
      case "AwaitExpression":
        return this.#endOf(node.argument);
      case "YieldExpression":
        return node.argument ? this.#endOf(node.argument) : undefined;
      case "ConditionalExpression":
        return this.#endOf(node.alternate);
      case "AssignmentExpression":
      case "LogicalExpression":
      case "BinaryExpression":
        return this.#endOf(node.right);
      case "UnaryExpression":
        return this.#endOf(node.argument);
      case "Literal": {
        const position = this.#exactly(node.start);
        const written = position && /^(?:0[xXbBoO])?[\d_.]+(?:[\da-fA-F_]*|[eE][+-]?\d+)/.exec(this.lines[position.line - 1]!.slice(position.column - 1))?.[0];
        return written ? { line: position.line, column: position.column + written.length } : undefined;
      }
      default:
        return undefined;
    }
  }

  #afterName(offset: number): SourceEnd | undefined {
    const position = this.#exactly(offset);
    const name = position && this.nameAt(position);
    return name === undefined ? undefined : { line: position!.line, column: position!.column + name.length };
  }

  #after(offset: number, sign: string): SourceEnd | undefined {
    const position = this.#exactly(offset);
    const stands = position && this.lines[position.line - 1]?.[position.column - 1] === sign;
    return stands ? { line: position.line, column: position.column + 1 } : undefined;
  }
}

/** Of the beginning of a text that has a sign so many times, or all of it. */
function lengthWith(signs: readonly string[], sign: string, times: number): number {
  let found = 0;
  const last = signs.findIndex((one) => one === sign && ++found === times);
  return last < 0 ? signs.length : last + 1;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
