/**
 * Runs what PyTorch's answers hold (parity, layers, optimizers, gradients): once for each build of the kernels under the Node
 * that VS Code's server brings, which knows all builds, on one thread, and on two with V8's optimising compiler from the
 * first call on; and with the build that Kindling chooses under every other Node that people have, there with the kernels'
 * own tests, which the unit tests run under one Node only. On two threads every kernel that can be shared is shared. How
 * deep modules nest is a matter of the Node's stack, not of what its kernels compute: it is tried once under each Node. Each
 * run is a process of its own, and as many run at once as there are cores.
 *   tsx test/harness/builds.ts [--grep PATTERN]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ensureNode } from "../../scripts/nodes.mjs";
import { ensureServer } from "../../scripts/vscode-server.mjs";
import type { KernelBuild } from "../../src/engine/kernels/builds.ts";
import { repository, temporaryFolder } from "./temporary.ts";

const pytorchs = ["test/parity/**/*.test.ts", "test/gradcheck/**/*.test.ts", "test/engine/nn/!(nesting).test.ts", "test/engine/optim/**/*.test.ts"];
const nesting = "test/engine/nn/nesting.test.ts";
const kernelsOwn = ["test/engine/kernels/**/*.test.ts", "test/engine/memory/threads.test.ts"];

interface Run {
  /** Major version. */
  readonly node: number;
  /** What is asked for in `KINDLING_KERNELS`. */
  readonly wanted: KernelBuild | "best";
  /** What has to come of it. */
  readonly build: KernelBuild;
  readonly threads: number;
  /** V8's. */
  readonly flags: readonly string[];
  readonly suites: readonly string[];
}

const eachBuild = (["plain", "relaxed", "revectorized"] as const).flatMap((build): Run[] => [
  { node: 24, wanted: build, build, threads: 1, flags: [], suites: build === "plain" ? [...pytorchs, nesting] : pytorchs },
  { node: 24, wanted: build, build, threads: 2, flags: ["--no-liftoff"], suites: pytorchs },
]);

const chosen = (
  [
    [20, "plain"],
    [22, "plain"],
    [26, "revectorized"],
  ] as const
)
  .map(([node, build]): Run => ({ node, wanted: "best", build, threads: 2, flags: [], suites: [...pytorchs, nesting, ...kernelsOwn] }))
  // Of other processors nothing is known beforehand.
  .filter(() => process.arch === "x64");

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

async function run(program: string, { node, wanted, build, threads, flags, suites }: Run): Promise<Totals> {
  const file = join(temporaryFolder("builds"), "totals.json");
  const child = spawn(
    program,
    [
      ...flags,
      "--import",
      "tsx",
      "node_modules/mocha/bin/mocha.js",
      "--reporter",
      "test/harness/reporter.mjs",
      "--reporter-option",
      "quiet=true",
      "--timeout",
      "60000",
      "--require",
      "test/harness/chosenBuild.ts",
      ...process.argv.slice(2),
      ...suites,
    ],
    {
      cwd: repository,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, KINDLING_KERNELS: wanted, KINDLING_THREADS: String(threads), KINDLING_TEST_BUILD: build, KINDLING_TEST_TOTALS: file },
    },
  );
  let said = `\n  ${[`Node ${node}`, `the ${build} build`, threads === 1 ? "one thread" : `${threads} threads`, ...flags].join(", ")}\n`;
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(child, "close")) as [number | null];
  process.stdout.write(said);
  const totals = readTotals(file);
  if (code !== 0 && totals.failed === 0) totals.failed++;
  return totals;
}

/** A process that died has left none. */
function readTotals(file: string): Totals {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Totals;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const programs = new Map([[24, (await ensureServer()).node]]);
for (const { node } of chosen) if (!programs.has(node)) programs.set(node, await ensureNode(node));
const sum: Totals = { passed: 0, failed: 0, skipped: 0 };
// The results are what they are however busy the machine is.
const waiting = [...eachBuild, ...chosen];
async function runOneByOne(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const totals = await run(programs.get(next.node)!, next);
    for (const key of Object.keys(sum) as (keyof Totals)[]) sum[key] += totals[key];
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, runOneByOne));
console.log(`  all builds: ${sum.passed} passing, ${sum.failed} failing\n`);
if (process.env["KINDLING_TEST_TOTALS"]) writeFileSync(process.env["KINDLING_TEST_TOTALS"], JSON.stringify(sum));
process.exit(sum.failed > 0 ? 1 : 0);
