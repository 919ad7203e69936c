// `npm test`: installs what is missing, then runs every check and every suite, and ends with one line of totals.
//   node scripts/test.mjs [all | unit | builds | vscode | e2e | desktop] [--grep PATTERN]
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PlainError, ensureDebianPackages, ensureNodeModules, root, runScript, say, show } from "./system.mjs";
import { ensureServer } from "./vscode-server.mjs";

const unitFolders = ["engine", "gradcheck", "property", "parity", "fuzz", "observe", "runner", "extension", "webview", "cli", "scripts", "examples"];
const mocha = ["--import", "tsx", "node_modules/mocha/bin/mocha.js", "--reporter", "test/harness/reporter.mjs"];

/** A check passes or fails as a whole; a suite counts its own tests. */
const checks = {
  lint: ["npm", ["run", "--silent", "lint"]],
  "type check": ["npm", ["run", "--silent", "typecheck"]],
  kernels: [process.execPath, ["scripts/build.mjs", "--kernels-only"]],
  build: [process.execPath, ["scripts/build.mjs"]],
};

const suites = {
  unit: () => [...mocha, "--timeout", "60000", ...unitFolders.map((name) => `test/${name}`).filter(hasTests).map((folder) => `${folder}/**/*.test.ts`)],
  builds: () => ["--import", "tsx", "test/harness/builds.ts"],
  vscode: () => ["--import", "tsx", "test/harness/hostTests.ts", "server"],
  e2e: () => [...mocha, "--timeout", "180000", "--slow", "20000", "test/e2e/**/*.test.ts"],
  desktop: () => ["--import", "tsx", "test/harness/hostTests.ts", "desktop"],
};

const plans = {
  all: { checks: ["build", "lint", "type check"], suites: ["unit", "builds", "vscode", "e2e"] },
  unit: { checks: ["kernels"], suites: ["unit"] },
  builds: { checks: ["kernels"], suites: ["builds"] },
  vscode: { checks: ["build"], suites: ["vscode"] },
  e2e: { checks: ["build"], suites: ["e2e"] },
  desktop: { checks: ["build"], suites: ["desktop"] },
};

function hasTests(folder) {
  const path = join(root, folder);
  return existsSync(path) && readdirSync(path, { recursive: true }).some((name) => name.endsWith(".test.ts"));
}

async function runSuite(name, folder, grep) {
  const totals = join(folder, `${name}.json`);
  const environment = { KINDLING_TEST_TOTALS: totals, ...grep && { KINDLING_TEST_GREP: grep } };
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
  if (names.includes("desktop")) return;
  await ensureDebianPackages({
    "chromium": process.env.KINDLING_CHROMIUM ?? "/usr/bin/chromium",
    "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
  }, "testing in a browser");
  if (!names.every((name) => name === "unit")) await ensureServer();
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
  rmSync(folder, { recursive: true, force: true });
  say(`took ${((performance.now() - started) / 1000).toFixed(0)} s`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  return total.failed > 0 ? 1 : 0;
});
