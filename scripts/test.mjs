// `npm test`: installs what is missing, then runs every check and every suite, and ends with one line of totals.
//   node scripts/test.mjs [all | unit | runs | page | builds | vscode | e2e | desktop] [--grep PATTERN]
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PlainError, ensureDebianPackages, ensureNodeModules, runScript, say, show } from "./system.mjs";
import { ensureServer } from "./vscode-server.mjs";

/** Folders of the suites that Mocha runs in this Node, the fastest first: no process, processes, a browser. */
const folders = {
  unit: ["engine", "gradcheck", "property", "parity", "fuzz", "observe", "run", "lint", "extension"],
  runs: ["runner", "keep", "client", "cli", "fromPython", "toPython", "python", "scripts", "examples"],
  page: ["webview"],
};
const mocha = ["--import", "tsx", "node_modules/mocha/bin/mocha.js", "--reporter", "test/harness/reporter.mjs"];
/** Files side by side, one for each core; not those that share a browser. */
const sideBySide = ["--parallel", "--jobs", String(availableParallelism())];

/** A check passes or fails as a whole; a suite counts its own tests. */
const checks = {
  lint: ["npm", ["run", "--silent", "lint"]],
  "type check": ["npm", ["run", "--silent", "typecheck"]],
  kernels: [process.execPath, ["scripts/build.mjs", "--kernels-only"]],
  build: [process.execPath, ["scripts/build.mjs"]],
};

const suites = {
  unit: () => [...inFolders(folders.unit), ...sideBySide],
  runs: () => [...inFolders(folders.runs), ...sideBySide],
  page: () => inFolders(folders.page),
  builds: () => ["--import", "tsx", "test/harness/builds.ts"],
  vscode: () => ["--import", "tsx", "test/harness/hostTests.ts", "server"],
  e2e: () => [...mocha, "--timeout", "180000", "--slow", "20000", "test/e2e/**/*.test.ts"],
  desktop: () => ["--import", "tsx", "test/harness/hostTests.ts", "desktop"],
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
  const totals = join(folder, `${name}.json`);
  const environment = { KINDLING_TEST_TOTALS: totals, KINDLING_TEST_FAILURES: join(folder, failures), ...(grep && { KINDLING_TEST_GREP: grep }) };
  const mochaGrep = grep && name !== "vscode" && name !== "desktop" ? ["--grep", grep] : [];
  const ended = await show(process.execPath, [...suites[name](), ...mochaGrep], { env: { ...process.env, ...environment } });
  const result = existsSync(totals) ? JSON.parse(readFileSync(totals, "utf8")) : { passed: 0, failed: 0, skipped: 0 };
  if (result.passed + result.failed === 0 && !grep) {
    say(`the ${name} suite ran no test`);
    result.failed++;
  } else if (!ended && result.failed === 0) {
    say(`the ${name} suite ended with an error`);
    result.failed++;
  }
  return result;
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

await runScript(async () => {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { grep: { type: "string" } } });
  const plan = plans[positionals[0] ?? "all"];
  if (!plan) throw new PlainError(`there is no suite "${positionals[0]}"; there are ${Object.keys(plans).join(", ")}`);
  await prepare(plan.suites);
  const total = { passed: 0, failed: 0, skipped: 0 };
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
    const result = await runSuite(name, folder, values.grep);
    for (const key of Object.keys(total)) total[key] += result[key];
  }
  // Once more and together: a log of half an hour is read from its end.
  if (existsSync(join(folder, failures))) process.stdout.write(`\nfailed:\n${readFileSync(join(folder, failures), "utf8")}`);
  rmSync(folder, { recursive: true, force: true });
  say(`took ${((performance.now() - started) / 1000).toFixed(0)} s`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  return total.failed > 0 ? 1 : 0;
});
