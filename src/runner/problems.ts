/** Everything that can go wrong before or around a program, in words for the user. What the program itself throws: `thrown.ts`. */
import type { Message } from "esbuild";
import { basename, isAbsolute } from "node:path";
import type { Problem, SourcePosition } from "../protocol/index.ts";

/** What esbuild says about a file that it can't bundle. */
export function bundlingProblem(message: Message, entry: string): Problem {
  const { location, text } = message;
  const unresolved = /^Could not (?:resolve|read from file:?) "?([^"]*)"?/.exec(text);
  if (!location) return { severity: "error", code: "import", message: sentence(text), position: startOf(entry) };
  // esbuild counts columns from 0 and in bytes.
  const before = Buffer.from(location.lineText).subarray(0, location.column).toString().length;
  const length = Buffer.from(location.lineText)
    .subarray(location.column, location.column + location.length)
    .toString().length;
  const position = { file: location.file, line: location.line, column: before + 1 };
  const end = length > 0 ? { end: { line: location.line, column: before + length + 1 } } : {};
  if (unresolved) return { severity: "error", code: "import", message: missingImport(unresolved[1]!), position, ...end };
  const noExport = /^No matching export in "([^"]*)" for import "([^"]*)"/.exec(text);
  if (noExport) {
    const message = `\`${basename(noExport[1]!)}\` exports no \`${noExport[2]}\`. Check the spelling, or export it there.`;
    return { severity: "error", code: "import", message, position, ...end };
  }
  return { severity: "error", code: "syntax", message: `Syntax error: ${sentence(text)}`, position, ...end };
}

/** @param code of the system's error */
export function unreadable(code: string | undefined, file: string): string {
  switch (code) {
    case "ENOENT":
      return `There is no file ${file}`;
    case "EISDIR":
      return `${file} is a folder`;
    case "EACCES":
    case "EPERM":
      return `The file ${file} may not be read`;
    default:
      return `The file ${file} can't be read (${code})`;
  }
}

function missingImport(path: string): string {
  if (path.startsWith(".") || isAbsolute(path)) return `There is no file \`${path}\` to import. Check the path and the spelling.`;
  return `The package \`${path}\` is not installed. Run \`npm install ${packageName(path)}\` in the file's folder, or check the spelling.`;
}

function packageName(path: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
}

/** @param frames where the program was, innermost first, as far as that is known */
export function timeoutProblem(file: string, limit: number, frames: NonNullable<Problem["stack"]>): Problem {
  const where = frames[0] ? "it was here" : "no line of yours was running";
  return {
    severity: "error",
    code: "timeout",
    message:
      `Inspecting stopped after ${limit / 1000} seconds without reaching an optimizer.step(); ${where}. ` +
      "Make what comes before the first step shorter, or raise the time limit in the settings.",
    position: frames[0]?.position ?? startOf(file),
    ...(frames.length > 0 ? { stack: frames } : {}),
  };
}

/** The worker thread ended without a word. @param error what no program could catch, if it was that */
export function workerProblem(error: (Error & { code?: string }) | undefined, exitCode: number, file: string): Problem {
  const position = startOf(file);
  if (error?.code === "ERR_WORKER_OUT_OF_MEMORY") {
    const message =
      "The program ran out of memory for JavaScript objects. Hold on to fewer things at a time (arrays that grow in the loop are the usual cause).";
    return { severity: "error", code: "memory", message, position };
  }
  return { severity: "error", code: "crash", message: sentence(`The program ended unexpectedly: ${error?.message ?? `exit code ${exitCode}`}`), position };
}

/** @param cause the call or assignment by which the program says that it failed */
export function exitProblem(cause: string, file: string, stack: NonNullable<Problem["stack"]>): Problem {
  const position = stack[0]?.position ?? startOf(file);
  return { severity: "error", code: "exit", message: `The program ended itself with ${cause}.`, position, ...(stack.length > 0 ? { stack } : {}) };
}

/** Something of the program's can't be put down. */
export function noCheckpointsProblem(error: unknown, file: string): Problem {
  const why = error instanceof Error ? error.message : String(error);
  return {
    severity: "information",
    code: "notKept",
    message: `No more checkpoints of this run are kept: ${why}. The training goes on.`,
    position: startOf(file),
  };
}

/** The watch failed, and not the program. */
export function watchProblem(error: unknown, step: number, file: string): Problem {
  const message =
    `From step ${step} on nothing more is measured, as the program changed something of JavaScript's that Kindling's own watch needs (${String(error)}). ` +
    "The run itself goes on.";
  return { severity: "warning", code: "watch", message, position: startOf(file) };
}

export function noMetadata(file: string): Problem {
  return {
    severity: "warning",
    code: "decorators",
    message:
      'Decorators here are TypeScript\'s older ones, as tsconfig.json says, but `emitDecoratorMetadata` has no effect: Reflect.getMetadata("design:type", …) gives undefined.',
    position: startOf(file),
  };
}

export function noModelProblem(file: string): Problem {
  return {
    severity: "information",
    code: "noModel",
    message: "This file builds no model. Write a class that extends nn.Module and construct it, for example `const model = new Net()`.",
    position: startOf(file),
  };
}

export function noTrainingProblem(file: string): Problem {
  return {
    severity: "information",
    code: "noTraining",
    message: "The program ended without training: optimizer.step() was never called. Add a loop with loss.backward() and optimizer.step().",
    position: startOf(file),
  };
}

export function unreadableWeightsProblem(origin: string, { message }: Error, file: string): Problem {
  const text = `The weights of ${origin} can't be read, so nothing was run: ${message}`;
  return { severity: "error", code: "weights", message: text, position: startOf(file) };
}

export function startOf(file: string): SourcePosition {
  return { file, line: 1, column: 1 };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A kept run that is run again, and isn't the same any more. @param reason as `the file data.csv has changed since` */
export function partedProblem(reason: string, file: string): Problem {
  return { severity: "error", code: "replay", message: `The run can't be brought back: ${reason}.`, position: startOf(file) };
}
