/**
 * Runs the tests of this folder inside VS Code's extension host; both the server and the desktop VS Code call `run()`.
 * What Mocha prints goes to the file that KINDLING_TEST_OUTPUT names, because a host's console reaches nobody.
 */
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

export async function run(): Promise<void> {
  // Failures name the lines of the .ts files.
  process.setSourceMapsEnabled(true);
  const { default: Mocha } = await import("mocha");
  const { default: reporter } = await import(pathToFileURL(required("KINDLING_TEST_REPORTER")).href);
  const output = required("KINDLING_TEST_OUTPUT");
  Mocha.reporters.Base.consoleLog = (...values: unknown[]) => appendFileSync(output, `${format(...values)}\n`);
  const mocha = new Mocha({ ui: "bdd", timeout: 120_000, slow: 2_000, reporter, color: process.env.KINDLING_TEST_COLOR === "1" });
  for (const name of readdirSync(__dirname).sort()) if (name.endsWith(".test.cjs")) mocha.addFile(join(__dirname, name));
  if (process.env.KINDLING_TEST_GREP) mocha.grep(process.env.KINDLING_TEST_GREP);
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests by npm run test:vscode`);
  return value;
}
