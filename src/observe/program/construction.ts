/** Where a module was constructed: read off the stack while its base constructor runs. */
import type { SourcePosition } from "../../protocol/index.ts";
import type { ProgramSource } from "./programSource.ts";

/** A stack frame within the user's program, in the bundled program's lines and columns (from 1). */
export interface ProgramFrame {
  readonly line: number;
  readonly column: number;
}

export interface Construction {
  /** The frame that says `new`, then its callers, innermost first; empty if no code of the user's took part. */
  readonly frames: readonly ProgramFrame[];
  /** Whether another module's constructor made it: it is meant to be that module's part, held or not. */
  readonly isPart: boolean;
}

const maxFrames = 24;

/**
 * @param constructor class of the module under construction
 * @param below frames from this function upwards are left out
 */
export function readConstruction(constructor: Function, context: ProgramSource, below: Function): Construction {
  const sites = captureSites(below);
  const chain = classChain(constructor, context);
  let next = 0;
  let at = 0;
  // The module's own constructors come first: the base's, then each subclass's that has one.
  for (; at < sites.length; at++) {
    const site = sites[at]!;
    const name = site.getFunctionName();
    const position = site.isConstructor() ? chain.indexOf(name ?? "", next) : -1;
    if (position < 0) break;
    next = position + 1;
  }
  const frames: ProgramFrame[] = [];
  let isPart = sites[at] !== undefined && !isProgram(sites[at]!, context);
  for (; at < sites.length; at++) {
    const site = sites[at]!;
    if (!isProgram(site, context)) continue;
    frames.push(frameOf(site));
    isPart ||= site.isConstructor() && context.isModuleClass(site.getFunctionName() ?? "");
  }
  return { frames, isPart };
}

/** Where the program called `below`, through whatever lies between. */
export function callerPosition(source: Pick<ProgramSource, "program" | "locate">, below: Function): SourcePosition | undefined {
  const frame = callerFrame(source, below);
  return frame && source.locate(frame.line, frame.column);
}

/** The same, in the bundled program. */
export function callerFrame(source: Pick<ProgramSource, "program">, below: Function): ProgramFrame | undefined {
  const site = captureSites(below).find((candidate) => isProgram(candidate, source));
  return site && frameOf(site);
}

function frameOf(site: NodeJS.CallSite): ProgramFrame {
  return { line: site.getLineNumber() ?? 1, column: site.getColumnNumber() ?? 1 };
}

function isProgram(site: NodeJS.CallSite, context: Pick<ProgramSource, "program">): boolean {
  return site.getFileName() === context.program;
}

/** Names of the classes from the base to the module's own. */
function classChain(constructor: Function, context: ProgramSource): string[] {
  const chain: string[] = [];
  for (let at: Function | null = constructor; at && at !== Function.prototype; at = Object.getPrototypeOf(at) as Function | null) {
    chain.unshift(context.nameInProgram(at));
  }
  return chain;
}

// Taken before any program runs, which may change it.
const { captureStackTrace } = Error;

function captureSites(below: Function): NodeJS.CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: NodeJS.CallSite[] } = {};
  Error.stackTraceLimit = maxFrames;
  Error.prepareStackTrace = (_, sites) => sites;
  captureStackTrace(holder, below);
  const sites = holder.stack ?? [];
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return sites;
}
