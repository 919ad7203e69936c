// How the tests of a suite are run, and what they come to: `{ passed, failed, skipped }`.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root, say, show, showAtEnd } from "./system.mjs";

/**
 * Folders of the suites that Mocha runs in this Node, the fastest first: no process, processes, a browser. Within a suite
 * those whose files take longest begin, for the last ones not to keep a core waiting.
 */
export const folders = {
  unit: ["engine", "forms", "gradcheck", "property", "parity", "fuzz", "observe", "run", "lint", "extension"],
  runs: ["toPython", "fromPython", "python", "examples", "runner", "keep", "weights", "onnx", "cli", "client", "scripts"],
  page: ["webview"],
};
export const nothing = { passed: 0, failed: 0, skipped: 0 };

export function add(sum, totals) {
  for (const key of Object.keys(sum)) sum[key] += totals[key];
}

/** The largest first, for the last ones not to keep a core waiting. */
export function filesIn(folder) {
  const files = readdirSync(join(root, "test", folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
  return files.map((name) => join(root, "test", folder, name)).sort((a, b) => statSync(b).size - statSync(a).size);
}

/** In one process, which shows at once what it says. @param options of `spawnTied` */
export async function runOnce(args, environment, options = {}) {
  const ended = await show(process.execPath, args, { env: environment, ...options });
  return totalsOf(environment.KINDLING_TEST_TOTALS, ended);
}

/** A process for each file, as many at once as there are cores; what each says is shown when it has ended. */
export async function runFileByFile(files, args, environment) {
  const sum = { ...nothing };
  const waiting = files.map((file, i) => ({ file, totals: `${environment.KINDLING_TEST_TOTALS}.${i}` }));
  async function runNext() {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const ended = await showAtEnd(process.execPath, [...args, next.file], { env: { ...environment, KINDLING_TEST_TOTALS: next.totals } });
      add(sum, totalsOf(next.totals, ended));
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, runNext));
  return sum;
}

/** What a process that ran tests left; one that ended with an error, though no test did, counts as a failure. */
function totalsOf(file, ended) {
  const totals = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { ...nothing };
  if (ended || totals.failed > 0) return totals;
  say("the tests ended with an error");
  return { ...totals, failed: 1 };
}
