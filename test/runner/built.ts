/** The runner and the command line as they are shipped: bundles that share one engine per thread, run by plain Node. */
import { rmSync } from "node:fs";
import { build } from "esbuild";
import { fileURLToPath, pathToFileURL } from "node:url";
import { moduleBundles } from "../../scripts/bundles.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
// Within the checkout, so that esbuild, which the bundles leave out, is found from there. Of this process alone: files of tests
// run side by side, and checkouts may share their packages.
const folder = `${root}node_modules/.cache/kindling-tests/dist-${process.pid}`;
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

let built: Promise<unknown> | undefined;

/** Builds once per process; resolves with the folder's URL, which is laid out as `dist/` is. */
export async function builtRunner(): Promise<URL> {
  built ??= build(moduleBundles(folder));
  await built;
  return pathToFileURL(`${folder}/`);
}
