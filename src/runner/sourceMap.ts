/** From a place in the bundled program back to the user's own line. */
import { TraceMap, traceSegment } from "@jridgewell/trace-mapping";
import { fileURLToPath } from "node:url";
import type { SourcePosition } from "../protocol/index.ts";

export class SourceMap {
  /** URL of the bundled program, as stack traces name it. */
  readonly program: string;
  readonly #json: string;
  #trace: TraceMap | undefined;

  /** @param json its sources are paths of the user's own files, and URLs of all others */
  constructor(program: string, json: string) {
    this.program = program;
    this.#json = json;
  }

  /** `line` and `column` count from 1. `undefined` for code that is not the user's: helpers, packages. */
  locate(line: number, column: number): SourcePosition | undefined {
    const position = this.#find(line, column);
    return position && isURL.test(position.file) ? undefined : position;
  }

  /** The same, for packages too. */
  locateAnywhere(line: number, column: number): SourcePosition | undefined {
    const position = this.#find(line, column);
    return position?.file.startsWith("file:") ? { ...position, file: fileURLToPath(position.file) } : position;
  }

  #find(line: number, column: number): SourcePosition | undefined {
    this.#trace ??= new TraceMap(this.#json);
    const [, source, originalLine, originalColumn] = traceSegment(this.#trace, line - 1, column - 1) ?? [];
    // `resolvedSources` would take paths for URLs.
    const file = source === undefined ? null : this.#trace.sources[source];
    return file ? { file, line: originalLine! + 1, column: originalColumn! + 1 } : undefined;
  }
}

/** Of more than one letter: a drive has one. */
const isURL = /^[a-z][a-z0-9+.-]+:/i;
