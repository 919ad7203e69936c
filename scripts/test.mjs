// `npm test`: installs what is missing, then runs every check and every suite, and ends with one line of totals.
//   node scripts/test.mjs [all | unit | runs | page | builds | vscode | e2e | desktop] [--grep PATTERN]
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { add, folders, nothing, runOnce, runShares, pageShares } from "./suites.mjs";
import { PlainError, ensureDebianPackages, ensureNodeModules, runScript, say, show } from "./system.mjs";
import { ensureServer } from "./vscode-server.mjs";

const mocha = ["--import", "tsx", "node_modules/mocha/bin/mocha.js", "--reporter", "test/harness/reporter.mjs"];
/** Files side by side, one for each core. */
const sideBySide = ["--parallel", "--jobs", String(availableParallelism())];

/** A check passes or fails as a whole; a suite counts its own tests. */
const checks = {
  lint: ["npm", ["run", "--silent", "lint"]],
  "type check": ["npm", ["run", "--silent", "typecheck"]],
  kernels: [process.execPath, ["scripts/build.mjs", "--kernels-only"]],
  build: [process.execPath, ["scripts/build.mjs"]],
};

/** By the environment that they run in, and the arguments that choose some of their tests. */
const suites = {
  unit: (environment, grep) => runOnce([...inFolders(folders.unit), ...sideBySide, ...grep], environment),
  runs: (environment, grep) => runOnce([...inFolders(folders.runs), ...sideBySide, ...grep], environment),
  // A browser for each core; to start one and to bundle the page for it takes longer than many a file.
  page: (environment, grep) => runShares(pageShares(), [...mocha, "--timeout", "60000", ...grep], environment),
  builds: (environment, grep) => runOnce(["--import", "tsx", "test/harness/builds.ts", ...grep], environment),
  vscode: (environment) => runOnce(["--import", "tsx", "test/harness/hostTests.ts", "server"], environment),
  // One after the other: an editor with its browser takes two cores by itself.
  e2e: (environment, grep) => runOnce([...mocha, "--timeout", "300000", "--slow", "20000", "test/e2e/**/*.test.ts", ...grep], environment),
  desktop: (environment) => runOnce(["--import", "tsx", "test/harness/hostTests.ts", "desktop"], environment),
};

const plans = {
  all: { checks: ["build", "lint", "type check"], suites: ["unit", "runs", "page", "builds", "vscode", "e2e"] },
  unit: { checks: ["kernels"], suites: ["unit"] },
  runs: { checks: ["kernels"], suites: ["runs"] },
  page: { checks: [], suites: ["page"] },
  builds: { checks: ["kernels"], suites: ["builds"] },
  vscode: { checks: ["build"], suites: ["vscode"] },
  e2e: { checks: ["build"], suites: ["e2e"] },
  desktop: { checks: ["build"], suites: ["desktop"] },
};

/** Where the reporter writes what failed, in the folder of the totals. */
const failures = "failures.txt";

function inFolders(names) {
  return [...mocha, "--timeout", "60000", ...names.map((name) => `test/${name}/**/*.test.ts`)];
}

async function runSuite(name, folder, grep) {
  const files = { KINDLING_TEST_TOTALS: join(folder, `${name}.json`), KINDLING_TEST_FAILURES: join(folder, failures) };
  const environment = { ...process.env, ...files, ...(grep && { KINDLING_TEST_GREP: grep }) };
  const result = await suites[name](environment, grep ? ["--grep", grep] : []);
  if (result.passed + result.failed > 0 || grep) return result;
  say(`the ${name} suite ran no test`);
  return { ...result, failed: 1 };
}

async function prepare(names) {
  await ensureNodeModules();
  if (names.some((name) => ["page", "vscode", "e2e"].includes(name))) {
    await ensureDebianPackages(
      {
        "chromium": process.env.KINDLING_CHROMIUM ?? "/usr/bin/chromium",
        "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
      },
      "testing in a browser",
    );
  }
  // Its themes are what the page is drawn in.
  if (names.some((name) => ["page", "builds", "vscode", "e2e"].includes(name))) await ensureServer();
}

const secondsSince = (begun) => ((performance.now() - begun) / 1000).toFixed(0);

await runScript(async () => {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { grep: { type: "string" } } });
  const plan = plans[positionals[0] ?? "all"];
  if (!plan) throw new PlainError(`there is no suite "${positionals[0]}"; there are ${Object.keys(plans).join(", ")}`);
  await prepare(plan.suites);
  const total = { ...nothing };
  const started = performance.now();
  for (const name of plan.checks) {
    say(name);
    if (await show(...checks[name])) continue;
    say(`${name} failed`);
    total.failed++;
  }
  const folder = mkdtempSync(join(tmpdir(), "kindling-totals-"));
  for (const name of plan.suites) {
    say(`${name} tests`);
    const begun = performance.now();
    add(total, await runSuite(name, folder, values.grep));
    say(`${name} tests took ${secondsSince(begun)} s`);
  }
  // Once more and together: a log of half an hour is read from its end.
  if (existsSync(join(folder, failures))) process.stdout.write(`\nfailed:\n${readFileSync(join(folder, failures), "utf8")}`);
  rmSync(folder, { recursive: true, force: true });
  say(`took ${secondsSince(started)} s`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  return total.failed > 0 ? 1 : 0;
});
