/** What a user downloads, and what an `import` costs. */
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { repository } from "../harness/temporary.ts";
import { kilobytes, megabytes, spread } from "./numbers.ts";
import { held } from "./report.ts";
import type { Subject } from "./subject.ts";

const engine = join(repository, "dist", "kindling.js");
const bar = 8e6;

/** `dist/kindling.js` with what it imports, in one minified file. */
async function minifiedEngine(): Promise<Uint8Array> {
  const { outputFiles } = await build({ entryPoints: [engine], bundle: true, minify: true, format: "esm", platform: "node", write: false, logLevel: "error" });
  return outputFiles[0]!.contents;
}

/** Milliseconds of the first `import "kindling"` in a Node process of its own. */
function importTime(): number {
  const program = `const begin = performance.now(); await import(${JSON.stringify(pathToFileURL(engine).href)}); console.log(performance.now() - begin);`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }));
}

export const sizes: Subject = {
  title: "sizes, and the time of an import",
  method:
    "The VSIX as packed for this platform (it carries esbuild's program). The engine: `dist/kindling.js` with the chunks it imports, minified by esbuild into one file. The import: `import \"kindling\"` in a fresh Node process, WebAssembly compiled and instantiated; median of the rounds.",
  async measure({ vsix, calm, rounds }) {
    const package_ = statSync(vsix).size;
    const code = await minifiedEngine();
    await calm.wait();
    const times = Array.from({ length: 3 * rounds }, importTime);
    return [
      { what: "VSIX", measured: megabytes(package_), against: "< 8 MB", verdict: held(package_, { atMost: bar }) },
      { what: "Engine, minified", measured: `${kilobytes(code.length)}, ${kilobytes(gzipSync(code).length)} gzipped` },
      { what: "`import \"kindling\"`", measured: spread(times) },
    ];
  },
};
