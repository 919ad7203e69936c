/** A program that imports "kindling" made into one that plain Node runs on the engine in dist/: nobody watches it. */
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { repository } from "../harness/temporary.ts";

export async function bundleProgram(entry: string, outfile: string): Promise<string> {
  const engine = pathToFileURL(join(repository, "dist", "kindling.js")).href;
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
    // Files beside the program stay beside it.
    define: { "import.meta.dirname": JSON.stringify(dirname(entry)) },
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    plugins: [{ name: "engine", setup: ({ onResolve }) => onResolve({ filter: /^kindling$/ }, () => ({ path: engine, external: true })) }],
  });
  return outfile;
}
