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

/** The stack at one moment. V8 keeps it cheaply; what it says is found out when it is asked for. */
export class CallStack {
  declare readonly stack?: NodeJS.CallSite[];
  #sites: readonly NodeJS.CallSite[] | undefined;

  /** @param below frames from this function upwards are left out */
  constructor(below: Function) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = maxFrames;
    captureStackTrace(this, below);
    Error.stackTraceLimit = stackTraceLimit;
  }

  /** The user's line that ran, innermost first. */
  position(source: Pick<ProgramSource, "program" | "locate">): SourcePosition | undefined {
    const site = this.#read().find((candidate) => isProgram(candidate, source));
    const frame = site && frameOf(site);
    return frame && source.locate(frame.line, frame.column);
  }

  /** The function of the engine's that the user's line called, as it is written there; `undefined` where it called a module. */
  callee(source: Pick<ProgramSource, "program">): string | undefined {
    const sites = this.#read();
    const name = sites[sites.findIndex((candidate) => isProgram(candidate, source)) - 1]?.getFunctionName();
    return /^(?:\w+\.)?([a-z]\w*?)(?:Of[A-Z]\w*)?$/.exec(name ?? "")?.[1];
  }

  #read(): readonly NodeJS.CallSite[] {
    return (this.#sites ??= readSites(this));
  }
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
  const { stackTraceLimit } = Error;
  const holder: { stack?: NodeJS.CallSite[] } = {};
  Error.stackTraceLimit = maxFrames;
  captureStackTrace(holder, below);
  const sites = readSites(holder);
  Error.stackTraceLimit = stackTraceLimit;
  return sites;
}

/** V8 turns a stack into what `prepareStackTrace` makes of it when it is read first. */
function readSites(holder: { readonly stack?: NodeJS.CallSite[] }): NodeJS.CallSite[] {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, sites) => sites;
  const sites = holder.stack ?? [];
  Error.prepareStackTrace = prepareStackTrace;
  return sites;
}
