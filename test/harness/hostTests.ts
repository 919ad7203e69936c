/**
 * Bundles test/vscode for the extension host and runs it there: `server` in the VS Code server, with Chromium as its
 * window; `desktop` in a VS Code that @vscode/test-electron downloads.
 *   tsx test/harness/hostTests.ts server|desktop
 */
import { createReadStream, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { calmSettings, ensureServer, prepareData, startServer } from "../../scripts/vscode-server.mjs";
import { launchBrowser } from "./browser.ts";
import { copyOfExamples, repository, temporaryFolder } from "./temporary.ts";

const bundles = join(repository, "node_modules", ".kindling", "vscode-tests");
const timeLimit = Number(process.env.KINDLING_HOST_TIMEOUT ?? 1_200_000);

/** Below node_modules, so that the bundles find Mocha and git and the VSIX don't find them. */
async function bundleTests(): Promise<string> {
  const folder = join(repository, "test", "vscode");
  rmSync(bundles, { recursive: true, force: true });
  await build({
    absWorkingDir: repository,
    entryPoints: readdirSync(folder)
      .filter((name) => name === "index.ts" || name.endsWith(".test.ts"))
      .map((name) => join(folder, name)),
    outdir: bundles,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    external: ["vscode", "mocha", "esbuild", "onnxruntime-web"],
    logLevel: "warning",
  });
  return join(bundles, "index.cjs");
}

interface HostRun {
  readonly tests: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

async function runInServer({ tests, folder, environment, settings }: HostRun): Promise<number> {
  const data = temporaryFolder("host");
  prepareData(data, settings);
  const server = await startServer(await ensureServer(), {
    data,
    environment: { ...environment, EXTENSIONS_GALLERY: "{}" },
    extraArguments: ["--enable-smoke-test-driver"],
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const ended = new Promise<number>((resolve, reject) => {
      void page.exposeFunction("codeAutomationLog", () => {});
      void page.exposeFunction("codeAutomationExit", (code: number) => resolve(code));
      page.on("crash", () => reject(new Error("the browser's page crashed")));
      browser.on("disconnected", () => reject(new Error("the browser is gone")));
      setTimeout(() => reject(new Error(`the tests did not end within ${timeLimit / 1000} s`)), timeLimit).unref();
    });
    const remote = (path: string) => `vscode-remote://127.0.0.1:${server.port}${path}`;
    const payload = JSON.stringify([
      ["extensionDevelopmentPath", remote(repository)],
      ["extensionTestsPath", remote(tests)],
    ]);
    await page.goto(`${server.origin}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`);
    return await ended;
  } catch (error) {
    console.error(server.log());
    throw error;
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function runOnDesktop({ tests, folder, environment, settings }: HostRun): Promise<number> {
  const { runTests } = await import("@vscode/test-electron");
  const data = temporaryFolder("desktop");
  prepareData(data, settings);
  return runTests({
    extensionDevelopmentPath: repository,
    extensionTestsPath: tests,
    extensionTestsEnv: environment,
    launchArgs: [folder, "--disable-extensions", "--user-data-dir", join(data, "data")],
  });
}

/** Shows what the tests print, which the host can only write to a file. */
function follow(file: string): () => Promise<void> {
  let shown = 0;
  const show = () =>
    new Promise<void>((resolve) => {
      const { size } = statSync(file);
      if (size <= shown) return resolve();
      const stream = createReadStream(file, { start: shown, end: size - 1 });
      shown = size;
      stream.on("data", (data) => process.stdout.write(data));
      stream.on("close", resolve);
    });
  const timer = setInterval(() => void show(), 250);
  return () => {
    clearInterval(timer);
    return show();
  };
}

const where = process.argv[2] === "desktop" ? runOnDesktop : runInServer;
const output = join(temporaryFolder("output"), "tests.log");
writeFileSync(output, "");
const showRest = follow(output);
try {
  const environment: Record<string, string> = {
    KINDLING_TEST_OUTPUT: output,
    KINDLING_TEST_REPORTER: join(repository, "test/harness/reporter.mjs"),
    KINDLING_TEST_COLOR: process.stdout.isTTY ? "1" : "0",
  };
  for (const name of ["KINDLING_TEST_TOTALS", "KINDLING_TEST_FAILURES", "KINDLING_TEST_GREP"]) {
    const value = process.env[name];
    if (value) environment[name] = value;
  }
  const folder = existsSync(join(repository, "examples")) ? copyOfExamples() : temporaryFolder("folder");
  // A machine that does other things besides inspects slowly; what takes too long is what tests of that are about.
  const settings = { ...calmSettings, "security.workspace.trust.enabled": false, "kindling.inspectTimeLimit": 60 };
  process.exitCode = (await where({ tests: await bundleTests(), folder, environment, settings })) === 0 ? 0 : 1;
} finally {
  await showRest();
}
