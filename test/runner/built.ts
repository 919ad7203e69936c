/** The runner and the command line as they are shipped: bundles that share one engine per thread, run by plain Node. */
import { rmSync } from "node:fs";
import { build } from "esbuild";
import { fileURLToPath, pathToFileURL } from "node:url";
import { sturdyNames } from "../../scripts/sturdy-names.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
// Within the checkout, so that esbuild, which the bundles leave out, is found from there. Of this process alone: files of tests
// run side by side, and checkouts may share their packages.
const folder = `${root}node_modules/.cache/kindling-tests/dist-${process.pid}`;
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

let built: Promise<unknown> | undefined;

/** Builds once per process; resolves with the folder's URL, which is laid out as `dist/` is. */
export async function builtRunner(): Promise<URL> {
  built ??= build({
    absWorkingDir: root,
    entryPoints: {
      kindling: "src/engine/index.ts",
      "runner/main": "src/runner/main.ts",
      "runner/worker": "src/runner/worker.ts",
      "runner/again": "src/runner/again.ts",
      "runner/onnxCheck": "src/runner/onnxCheck.ts",
      "cli/main": "src/cli/main.ts",
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["esbuild"],
    inject: ["src/globals.ts"],
    plugins: [sturdyNames],
    keepNames: true,
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    logLevel: "warning",
  });
  await built;
  return pathToFileURL(`${folder}/`);
}
