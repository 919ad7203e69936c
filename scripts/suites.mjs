// How the tests of a suite are run, and what they come to: `{ passed, failed, skipped }`.
import { existsSync, readFileSync, readdirSync } from "node:fs";
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

/**
 * The page's files in as many lists as there are cores, which take about as long as each other: the longest file always
 * joins the list that is shortest so far. Those that open no page take no time.
 */
export function pageShares() {
  const names = readdirSync(join(root, "test", "webview"), { encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
  const files = names.map((name) => {
    const path = join(root, "test", "webview", name);
    const text = readFileSync(path, "utf8");
    return { path, length: text.includes("withPages") ? text.length : 0 };
  });
  const shares = Array.from({ length: availableParallelism() }, () => ({ files: [], length: 0 }));
  for (const { path, length } of files.sort((a, b) => b.length - a.length)) {
    const shortest = shares.reduce((a, b) => (b.length < a.length ? b : a));
    shortest.files.push(path);
    shortest.length += length;
  }
  return shares.map(({ files }) => files).filter((files) => files.length > 0);
}

/** In one process, which shows at once what it says. */
export async function runOnce(args, environment) {
  const ended = await show(process.execPath, args, { env: environment });
  return totalsOf(environment.KINDLING_TEST_TOTALS, ended);
}

/** A process for each list of files, which share what it starts; what each says is shown when it has ended. */
export async function runShares(shares, args, environment) {
  const sum = { ...nothing };
  const runs = shares.map(async (files, i) => {
    const totals = `${environment.KINDLING_TEST_TOTALS}.${i}`;
    const ended = await showAtEnd(process.execPath, [...args, ...files], { env: { ...environment, KINDLING_TEST_TOTALS: totals } });
    add(sum, totalsOf(totals, ended));
  });
  await Promise.all(runs);
  return sum;
}

/** What a process that ran tests left; one that ended with an error, though no test did, counts as a failure. */
function totalsOf(file, ended) {
  const totals = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { ...nothing };
  if (ended || totals.failed > 0) return totals;
  say("the tests ended with an error");
  return { ...totals, failed: 1 };
}
