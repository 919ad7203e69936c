/**
 * Runs what PyTorch's answers hold (parity, layers, optimizers, gradients) once for each build of the kernels, on one
 * thread and on two, with every kernel that can be shared shared. Each run is a process of its own, under the Node that
 * VS Code's server brings, which knows all builds; half of them with V8's optimising compiler from the first call on.
 *   tsx test/harness/builds.ts [--grep PATTERN]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureServer } from "../../scripts/vscode-server.mjs";
import { repository, temporaryFolder } from "./temporary.ts";

const suites = ["test/parity/**/*.test.ts", "test/gradcheck/**/*.test.ts", "test/engine/nn/**/*.test.ts", "test/engine/optim/**/*.test.ts"];

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

async function run(node: string, build: string, threads: number): Promise<Totals> {
  console.log(`\n  The ${build} build, ${threads === 1 ? "one thread" : `${threads} threads, optimised from the first call on`}`);
  const file = join(temporaryFolder("builds"), "totals.json");
  const child = spawn(
    node,
    [
      ...(threads > 1 ? ["--no-liftoff"] : []), "--import", "tsx", "node_modules/mocha/bin/mocha.js", "--reporter", "test/harness/reporter.mjs",
      "--reporter-option", "quiet=true", "--timeout", "60000", "--require", "test/harness/chosenBuild.ts", ...process.argv.slice(2), ...suites,
    ],
    { cwd: repository, stdio: "inherit", env: { ...process.env, KINDLING_KERNELS: build, KINDLING_THREADS: String(threads), KINDLING_TEST_TOTALS: file } },
  );
  const [code] = (await once(child, "close")) as [number | null];
  const totals = JSON.parse(readFileSync(file, "utf8")) as Totals;
  if (code !== 0 && totals.failed === 0) totals.failed++;
  return totals;
}

const { node } = await ensureServer();
const sum: Totals = { passed: 0, failed: 0, skipped: 0 };
for (const build of ["plain", "relaxed", "revectorized"]) {
  for (const threads of [1, 2]) {
    const totals = await run(node, build, threads);
    for (const key of Object.keys(sum) as (keyof Totals)[]) sum[key] += totals[key];
  }
}
console.log(`  all builds: ${sum.passed} passing, ${sum.failed} failing\n`);
if (process.env["KINDLING_TEST_TOTALS"]) writeFileSync(process.env["KINDLING_TEST_TOTALS"], JSON.stringify(sum));
process.exit(sum.failed > 0 ? 1 : 0);
