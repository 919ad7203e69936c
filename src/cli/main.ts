#!/usr/bin/env node
/** The command line: trains, inspects, lists what is kept, and translates to PyTorch. */
import { join, resolve } from "node:path";
import { runsFolder } from "../keep/layout.ts";
import type { KeptRun } from "../keep/keptRuns.ts";
import { stepsTaken, whyNotBranched, whyNotRepeated, whyNotResumed } from "../keep/past.ts";
import { defaultSampling, roomForRuns, type RunRequest } from "../protocol/index.ts";
import { trainedText } from "../keep/checkpoints.ts";
import { NoCheckpoint } from "../keep/chosenCheckpoint.ts";
import { readCommandLine, type Command } from "./commandLine.ts";
import { commandIn } from "./options.ts";
import { commandNames, helpText, usageHint } from "./usage.ts";
import { existingFile, existingFolder, existingProgram } from "./existing.ts";
import { isSystemError, systemErrorText } from "./systemError.ts";
import { UsageError } from "./usageError.ts";
import { fillRun } from "./fillIn.ts";
import { branchWithCode } from "./branchWithCode.ts";
import { inspect } from "./inspect.ts";
import { exportOnnx } from "./exportOnnx.ts";
import { onnxFileOf } from "../client/onnx.ts";
import { weightsRequest } from "./weightsFrom.ts";
import { newerNodeText } from "./newerNode.ts";
import { printComparison, printRun, printRuns, theRun, trainedBy } from "./keptRuns.ts";
import { coloured, plain, type Paint } from "./problemText.ts";
import { replayRun } from "./replay.ts";
import { version } from "../runner/version.ts";
import { train } from "./train.ts";

const badCommandLine = 2;

/** Milliseconds that a file may take to its first training step. */
const inspectTimeLimit = 60_000;

const runnerScript = new URL("../runner/main.js", import.meta.url);

async function main(args: readonly string[]): Promise<number> {
  const command = readCommandLine(args, process.env);
  switch (command.type) {
    case "help":
      process.stdout.write(helpText(command.command));
      return 0;
    case "version":
      process.stdout.write(`${version()}\n`);
      return 0;
    case "fromPython":
      return translatePython(command.file, command.output);
    case "run":
      return run(command);
    case "runs":
      return printRuns(command.folder, command.json, paintFor(process.stdout));
    case "show":
      return printRun(command.run, command.json, paintFor(process.stdout));
    case "compare":
      return printComparison(command.runs, command.json, paintFor(process.stdout));
    case "weights":
      // A training has an engine of its own.
      return (await import("./weights.ts")).writeWeights(trainedBy(command.run, command.step), command.output);
    case "listWeights":
      return (await import("./listWeights.ts")).listWeights(command, existingFile(command.file), paintFor(process.stdout));
    case "rewind":
    case "branch":
    case "resume":
      return replay(command);
    case "branchCode":
      return branch(command);
    case "fillIn":
      return fillRun({
        script: runnerScript,
        kept: theRun(command.run),
        file: command.file === undefined ? undefined : existingProgram(command.file),
        samples: command.samples,
        paint: paintFor(process.stderr),
      });
    case "mcp":
      // Its protocol is of no use to a training.
      return (await import("./mcp.ts")).serve(runnerScript, existingFolder(command.folder));
    case "export":
      return writeOnnx(command);
    case "toPython":
      return translate(existingProgram(command.file), command);
  }
}

function writeOnnx({
  file,
  output,
  model,
  training,
  batchDimension,
  weightsFrom,
  weightsPrefix,
  step,
  programArguments,
}: Extract<Command, { type: "export" }>): Promise<number> {
  const path = existingProgram(file);
  const request = {
    file: path,
    directory: process.cwd(),
    sampling: { ...defaultSampling, enabled: false },
    timeLimit: inspectTimeLimit,
    threads: 0,
    programArguments,
    ...(weightsFrom !== undefined && { weights: weightsRequest(weightsFrom, path, { step, prefix: weightsPrefix }) }),
  };
  const onnx = {
    file: resolve(output ?? onnxFileOf(path)),
    training,
    ...(model !== undefined && { model }),
    ...(batchDimension !== undefined && { batchDimension }),
  };
  return exportOnnx(runnerScript, request, onnx, paintFor(process.stderr));
}

/** Its parser is of no use to a training. */
async function translate(file: string, { folder, trained }: Extract<Command, { type: "toPython" }>): Promise<number> {
  const { printPython, writePython } = await import("./toPython.ts");
  const paint = paintFor(process.stderr);
  if (folder === undefined) return printPython(file, paint);
  const request = { file, directory: process.cwd(), sampling: defaultSampling, timeLimit: inspectTimeLimit, threads: 0 };
  if (!trained) return writePython(runnerScript, request, folder, paint);
  const by = trainedBy(trained.run, trained.step);
  const written = await writePython(runnerScript, request, folder, paint, trainedText(by.kept.id, by.checkpoint));
  const { writeWeights } = await import("./weights.ts");
  return writeWeights(by, join(folder, "weights.pt")) || written;
}

/** The translator is loaded only where it is wanted. */
async function translatePython(file: string, output: string | undefined): Promise<number> {
  const { translateFile } = await import("./fromPython.ts");
  return translateFile(file, output);
}

function run(command: Extract<Command, { type: "run" }>): Promise<number> {
  const { mode, file, json, threads, keep, checkpoints, findsLate, weightsFrom, weightsPrefix, weightsExcept, programArguments, seeds, constants } = command;
  const path = existingProgram(file);
  const request: RunRequest = {
    file: path,
    mode,
    directory: process.cwd(),
    // Histograms are for the panel; here nobody would see them.
    sampling: { ...defaultSampling, enabled: mode === "inspect" },
    timeLimit: inspectTimeLimit,
    threads,
    programArguments,
    findsLate,
    ...(weightsFrom !== undefined && { weights: weightsRequest(weightsFrom, path, { declined: weightsExcept, prefix: weightsPrefix }) }),
    ...(keep && mode === "train" && { keep: { folder: runsFolder(path), limit: roomForRuns, checkpoints } }),
  };
  const paint = paintFor(process.stderr);
  if (mode === "train") process.stderr.write(newerNodeText(version()) ?? "");
  if (seeds > 0 || constants.length > 0) return trainGroup(request, { seeds, constants }, paint);
  return mode === "train" ? train(runnerScript, request, paint) : inspect(runnerScript, request, json, process.stdout.isTTY ? paint : plain);
}

/** The parser that finds constants is of no use to a single training. */
async function trainGroup(request: RunRequest, varied: Pick<Extract<Command, { type: "run" }>, "seeds" | "constants">, paint: Paint): Promise<number> {
  return (await import("./trainGroup.ts")).trainGroup(runnerScript, request, varied, paint);
}

function replay(command: Extract<Command, { type: "rewind" | "branch" | "resume" }>): Promise<number> {
  const kept = theRun(command.run);
  const step = command.type === "resume" ? stepsTaken(kept) : command.step;
  const why = whyNotReplayed(command.type, kept, step);
  if (why !== undefined) {
    process.stderr.write(`kindling: ${why}\n`);
    return Promise.resolve(1);
  }
  const { type, ...wanted } = { rate: undefined, frozen: [], ...command };
  return replayRun({ script: runnerScript, kept, step, wanted, goesOn: type !== "rewind", paint: paintFor(process.stderr) });
}

function whyNotReplayed(type: "rewind" | "branch" | "resume", kept: KeptRun, step: number): string | undefined {
  if (type === "branch") return whyNotBranched(kept, step);
  return (type === "resume" ? whyNotResumed(kept) : undefined) ?? whyNotRepeated(kept, step);
}

function branch({ run, step, file }: Extract<Command, { type: "branchCode" }>): Promise<number> {
  const kept = theRun(run);
  return branchWithCode({ script: runnerScript, kept, step, file: existingProgram(file), paint: paintFor(process.stderr) });
}

function paintFor(stream: NodeJS.WriteStream): Paint {
  return stream.isTTY && !process.env["NO_COLOR"] ? coloured : plain;
}

// Whoever read what we print may have seen enough, as `head` does.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    complain(systemErrorText(error));
    process.exit(1);
  });
}

/** Where not even that can be written, the exit code says it alone. */
function complain(message: string): void {
  try {
    process.stderr.write(`kindling: ${message}\n`);
  } catch {
    // Nobody can be told.
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    const word = commandIn(process.argv.slice(2));
    complain(`${error.message}\n${usageHint(commandNames.find((name) => name === word))}`.trimEnd());
    process.exitCode = badCommandLine;
  } else if (error instanceof NoCheckpoint || isSystemError(error)) {
    complain(error instanceof NoCheckpoint ? error.message : systemErrorText(error));
    process.exitCode = 1;
  } else throw error;
}
