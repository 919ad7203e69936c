/** What the program throws, with the user's own lines. */
import { KindlingError, OutOfMemoryError, ShapeError } from "../engine/errors.ts";
import type { Problem } from "../protocol/index.ts";
import { meanFix } from "./meanFix.ts";
import { rightSpelling } from "./misspelled.ts";
import { startOf } from "./problems.ts";
import { withShapes, type ShapeFacts } from "./shapeTrouble.ts";
import { headline, isInstance, read, summary } from "./words.ts";
import type { SourceMap } from "./sourceMap.ts";

type Frames = NonNullable<Problem["stack"]>;

/** Maps stack traces from the moment it is installed on, also those that the program prints itself. */
export class StackReader {
  readonly #source: SourceMap;
  readonly #home: string;
  readonly #frames = new WeakMap<object, Frames>();

  /** @param home URL of the folder that holds Kindling itself, whose frames are of no use to the user */
  constructor(source: SourceMap, home: string) {
    this.#source = source;
    this.#home = home;
  }

  install(): void {
    Error.stackTraceLimit = 50;
    Error.prepareStackTrace = (error, sites) => {
      const lines = sites.filter((site) => !this.#isInner(site)).map((site) => this.#describe(site));
      this.#frames.set(error, this.#userFrames(sites));
      return [headline(error), ...lines].join("\n    at ");
    };
  }

  /** The user's own frames of an error, innermost first. */
  framesOf(error: unknown): Frames {
    if (typeof error !== "object" || error === null) return [];
    // Reading the stack is what makes V8 hand over its frames.
    const stack = read(error, "stack");
    return this.#frames.get(error) ?? (typeof stack === "string" ? this.#parse(stack) : []);
  }

  #isInner(site: NodeJS.CallSite): boolean {
    const file = site.getFileName();
    return file !== null && file !== undefined && (file.startsWith(this.#home) || file.startsWith("node:internal/modules/"));
  }

  #userFrames(sites: readonly NodeJS.CallSite[]): Frames {
    return sites.flatMap((site) => {
      if (site.getFileName() !== this.#source.program) return [];
      const position = this.#source.locate(site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1);
      return position ? [{ function: site.getFunctionName() ?? "", position }] : [];
    });
  }

  #describe(site: NodeJS.CallSite): string {
    const text = site.toString();
    if (site.getFileName() !== this.#source.program) return text;
    const position = this.#source.locateAnywhere(site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1);
    const place = `${this.#source.program}:${site.getLineNumber()}:${site.getColumnNumber()}`;
    return position ? text.replace(place, `${position.file}:${position.line}:${position.column}`) : text;
  }

  /** For a stack that was made elsewhere, such as in another thread or before this was installed. */
  #parse(stack: string): Frames {
    return stack.split("\n").flatMap((line) => {
      const match = /^\s*at (?:(.*?) \()?(.*?):(\d+):(\d+)\)?$/.exec(line);
      if (match?.[2] !== this.#source.program) return [];
      const position = this.#source.locate(Number(match[3]), Number(match[4]));
      return position ? [{ function: match[1] ?? "", position }] : [];
    });
  }
}

/**
 * @param file the entry, to be named where no line is known
 * @param facts of the run that it ended
 */
export function thrownProblem(error: unknown, file: string, stacks: StackReader, facts: ShapeFacts): Problem {
  const frames = firstFrames(error, stacks);
  const position = frames[0]?.position ?? startOf(file);
  const stack = frames.length > 0 ? { stack: frames } : {};
  if (isInstance(error, KindlingError)) {
    const module = error.modulePath.length > 0 ? { module: error.modulePath.join(" of ") } : {};
    const problem: Problem = {
      severity: "error",
      code: codeOf(error),
      message: summary(error, error.message),
      position,
      ...stack,
      ...module,
    };
    const fixes = meanFix(error.message, position);
    return fixes.length > 0 ? { ...problem, fixes } : withShapes(problem, error, facts);
  }
  if (isAllocationFailure(error)) {
    const message = `There is not enough memory for what the program asked for (${error.message}). Make the array or tensor smaller.`;
    return { severity: "error", code: "memory", message, position, ...stack };
  }
  const title = headline(error);
  return { severity: "error", code: "thrown", message: summary(error, title + rightSpelling(title)), position, ...stack };
}

/** Of the error itself; one that was made elsewhere, as Node's own are, may have a cause that knows the user's line. */
function firstFrames(error: unknown, stacks: StackReader): Frames {
  for (let at = error, depth = 0; at !== undefined && depth < 8; at = read(at, "cause"), depth++) {
    const frames = stacks.framesOf(at);
    if (frames.length > 0) return frames;
  }
  return [];
}

function codeOf(error: KindlingError): string {
  if (error instanceof ShapeError) return "shape";
  return error instanceof OutOfMemoryError ? "memory" : "thrown";
}

function isAllocationFailure(error: unknown): error is RangeError {
  return isInstance(error, RangeError) && /allocation failed|Invalid (typed )?array( buffer)? length/i.test(error.message);
}
