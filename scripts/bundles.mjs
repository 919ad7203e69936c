// How esbuild makes the engine, the runner and the command line.
import { sturdyNames } from "./sturdy-names.mjs";
import { root } from "./system.mjs";

/** Engine, runner and command line share their chunks, so that each thread has exactly one engine. */
const moduleEntries = {
  "kindling": "src/engine/index.ts",
  "runner/main": "src/runner/main.ts",
  "runner/worker": "src/runner/worker.ts",
  "runner/again": "src/runner/again.ts",
  "runner/onnxCheck": "src/runner/onnxCheck.ts",
  "cli/main": "src/cli/main.ts",
};

/** Of all bundles. */
export const common = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "warning",
  legalComments: "none",
  // As tsconfig.json says; repeated here because esbuild would otherwise define class fields, which hides modules.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, jsx: "react-jsx", jsxImportSource: "preact" } },
};

/** Engine, runner and command line, as they are shipped and as the tests run them. */
export function moduleBundles(outdir) {
  return {
    ...common,
    entryPoints: moduleEntries,
    outdir,
    chunkNames: "chunks/[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node20",
    splitting: true,
    external: ["esbuild"],
    // A program can't take from Kindling what it takes from itself.
    inject: ["src/globals.ts"],
    plugins: [sturdyNames],
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay: a user's stack traces, `repr` and V8's own messages ("dataset.get is not a function") show them.
    keepNames: true,
  };
}
