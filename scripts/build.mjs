// Builds everything in dist/ (the table in docs/architecture.md).
//   node scripts/build.mjs [--watch] [--no-types] [--kernels-only]
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { writeApi, writeTypes } from "./forms/main.mjs";
import { common, moduleBundles } from "./bundles.mjs";
import { PlainError, root, run, runScript, say } from "./system.mjs";

const path = (...parts) => join(root, ...parts);

function configurations() {
  return [
    moduleBundles(path("dist")),
    {
      ...common,
      // The translation into Python is loaded when it is first asked for.
      entryPoints: { extension: "src/extension/main.ts", toPython: "src/toPython/index.ts" },
      outdir: path("dist"),
      outExtension: { ".js": ".cjs" },
      format: "cjs",
      platform: "node",
      target: "node20",
      external: ["vscode"],
      minifySyntax: true,
      minifyWhitespace: true,
    },
    {
      ...common,
      entryPoints: {
        panel: "webview/main.tsx",
        comparison: "webview/compare/main.tsx",
        tensor: "webview/tensor/main.tsx",
        standAlone: "webview/export/standAlone.ts",
      },
      outdir: path("dist/webview"),
      format: "iife",
      platform: "browser",
      target: "es2022",
      minify: true,
      define: { "process.env.NODE_ENV": '"production"' },
    },
    {
      ...common,
      entryPoints: { panel: "webview/panel.css" },
      outdir: path("dist/webview"),
      minify: true,
      // The codicon font beside the style sheet that names it.
      loader: { ".ttf": "file" },
      assetNames: "[name]",
    },
  ]
    .map(withoutAbsentEntries)
    .filter((configuration) => Object.keys(configuration.entryPoints).length > 0);
}

function withoutAbsentEntries(configuration) {
  const present = Object.entries(configuration.entryPoints).filter(([, source]) => {
    if (existsSync(path(source))) return true;
    say(`skipped: ${source} is not there`);
    return false;
  });
  return { ...configuration, entryPoints: Object.fromEntries(present) };
}

/** The engine's WebAssembly, as a TypeScript module that carries the bytes. Compiling takes seconds, so only when a source is newer. */
async function buildKernels() {
  const folder = path("src/engine/kernels");
  const compiled = statSync(join(folder, "generated.ts"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = [
    "build.mjs",
    "thread.ts",
    "threadControl.ts",
    ...readdirSync(join(folder, "assembly"))
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join("assembly", name)),
  ];
  if (sources.every((name) => statSync(join(folder, name)).mtimeMs < compiled)) return;
  say("compiling the kernels to WebAssembly");
  await run(process.execPath, [join(folder, "build.mjs")], { cwd: root });
}

/** Declarations of the public API, which a user's editor and compiler read. */
async function buildTypes() {
  if (!existsSync(path("src/engine/index.ts"))) return;
  rmSync(path("dist/types"), { recursive: true, force: true });
  await run(process.execPath, [path("node_modules/typescript/bin/tsc"), "-p", path("tsconfig.types.json")], { cwd: root });
  await writeTypes();
}

/**
 * Builds dist/ once; with `watch` keeps rebuilding it (kernels and types excepted) until the process ends.
 * @param {{ watch?: boolean, types?: boolean, kernelsOnly?: boolean }} [options]
 */
export async function build({ watch = false, types = true, kernelsOnly = false } = {}) {
  const start = performance.now();
  await Promise.all([buildKernels(), writeApi()]);
  if (kernelsOnly) return;
  const esbuild = await import("esbuild");
  // Chunks carry a hash in their name, so old ones would pile up.
  rmSync(path("dist/chunks"), { recursive: true, force: true });
  if (watch) {
    for (const configuration of configurations()) await (await esbuild.context(configuration)).watch();
    say("watching");
    return;
  }
  const parts = [...configurations().map((configuration) => esbuild.build(configuration)), ...(types ? [buildTypes()] : [])];
  const failures = (await Promise.allSettled(parts)).filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  if (failures.length > 0) throw new PlainError(`the build failed\n${failures.map(({ message }) => message).join("\n")}`);
  say(`built dist/ in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runScript(async () => {
    const { values } = parseArgs({
      allowNegative: true,
      options: { watch: { type: "boolean" }, types: { type: "boolean", default: true }, "kernels-only": { type: "boolean" } },
    });
    await build({ ...values, kernelsOnly: values["kernels-only"] });
  });
}
