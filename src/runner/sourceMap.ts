/** From a place in the bundled program back to the user's own line. */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { SourcePosition } from "../protocol/index.ts";

export class SourceMap {
  /** URL of the bundled program, as stack traces name it. */
  readonly program: string;
  readonly #json: string;
  #trace: TraceMap | undefined;

  constructor(program: string, json: string) {
    this.program = program;
    this.#json = json;
  }

  /** `line` and `column` count from 1. `undefined` for code that is not the user's: helpers, packages. */
  locate(line: number, column: number): SourcePosition | undefined {
    const position = this.locateAnywhere(line, column);
    return position && !/[\\/]node_modules[\\/]/.test(position.file) ? position : undefined;
  }

  /** The same, for packages too. */
  locateAnywhere(line: number, column: number): SourcePosition | undefined {
    this.#trace ??= new TraceMap(this.#json);
    const found = originalPositionFor(this.#trace, { line, column: column - 1 });
    return found.source === null ? undefined : { file: found.source, line: found.line, column: found.column + 1 };
  }
}
