/** Runs programs as users write them, and holds what is said of them against the marks in their text: `// expect: <lint>` at a line's end. */
import assert from "node:assert/strict";
import { isLint } from "../../../src/run/lints.ts";
import type { Problem, RunMode } from "../../../src/protocol/index.ts";
import { Folder, Job } from "../job.ts";

const begin = `import { autograd, cat, data, distributions, manualSeed, nn, noGrad, optim, rand, randint, randn, stack, tensor, zeros, type Tensor } from "kindling"; manualSeed(1); `;

/** What lints say of a program, which needs to import nothing. */
async function saidOf(text: string, mode: RunMode = "train"): Promise<readonly Problem[]> {
  const folder = new Folder();
  try {
    return await saidOfFile(folder.write("net.model.ts", begin + text), mode);
  } finally {
    folder.remove();
  }
}

/** What lints say of a file while it runs. */
export async function saidOfFile(file: string, mode: RunMode): Promise<readonly Problem[]> {
  const job = await Job.warm();
  job.start(file, { mode });
  await job.ended();
  const failure = job.problems.find(({ severity, code }) => severity === "error" && !isLint(code));
  assert.equal(failure, undefined, failure?.message);
  return job.problems.filter(({ code }) => isLint(code));
}

/** Each lint is told at the lines that are marked with it, and nowhere else. */
export async function holds(text: string, mode?: RunMode): Promise<readonly Problem[]> {
  const said = await saidOf(text, mode);
  const marked = text.split("\n").flatMap((line, i) => (/\/\/ expect: (\S+)/.exec(line) ? [`${/\/\/ expect: (\S+)/.exec(line)![1]} in line ${i + 1}`] : []));
  assert.deepEqual(said.map(({ code, position }) => `${code} in line ${position!.line}`).sort(), marked.sort(), said.map(({ message }) => message).join("\n"));
  return said;
}
