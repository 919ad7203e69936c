/** A program that imports "kindling" made into one that plain Node runs: nobody watches it. */
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { repository } from "../harness/temporary.ts";

/** On the engine in dist/, or with the engine's own source in it, where the program has to see inside of the engine. */
export async function bundleProgram(entry: string, outfile: string, engine: "built" | "source" = "built"): Promise<string> {
  const resolved =
    engine === "built"
      ? { path: pathToFileURL(join(repository, "dist", "kindling.js")).href, external: true }
      : { path: join(repository, "src", "engine", "index.ts") };
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
    // As in dist/.
    keepNames: engine === "source",
    // Files beside the program stay beside it.
    define: { "import.meta.dirname": JSON.stringify(dirname(entry)) },
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    plugins: [{ name: "engine", setup: ({ onResolve }) => onResolve({ filter: /^kindling$/ }, () => resolved) }],
  });
  return outfile;
}
