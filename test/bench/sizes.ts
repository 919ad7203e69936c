/** What a user downloads, and how large the engine is. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { repository } from "../harness/temporary.ts";
import { kilobytes, megabytes } from "./numbers.ts";
import { held } from "./report.ts";
import type { Subject } from "./subject.ts";

const engine = join(repository, "dist", "kindling.js");
const bars = { package: 8e6, engine: 400e3 };

/** `dist/kindling.js` with what it imports: the bytes as they are, and the code in one minified file. */
async function readEngine(): Promise<{ bytes: number; minified: Uint8Array }> {
  const { metafile, outputFiles } = await build({
    entryPoints: [engine],
    absWorkingDir: repository,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const bytes = Object.values(metafile.inputs).reduce((sum, input) => sum + input.bytes, 0);
  return { bytes, minified: outputFiles[0]!.contents };
}

export const sizes: Subject = {
  title: "sizes",
  method:
    "The VSIX as packed for this platform (it carries esbuild's program). The engine: `dist/kindling.js` and the chunks that it imports, without source maps; and the same minified by esbuild into one file.",
  async measure({ vsix }) {
    const package_ = statSync(await vsix()).size;
    const { bytes, minified } = await readEngine();
    return [
      { what: "VSIX", measured: megabytes(package_), against: "< 8 MB", verdict: held(package_, { atMost: bars.package }) },
      { what: "Engine, as it is in `dist/`", measured: kilobytes(bytes), against: "≤ 400 kB", verdict: held(bytes, { atMost: bars.engine }) },
      { what: "Engine, minified", measured: `${kilobytes(minified.length)}, ${kilobytes(gzipSync(minified).length)} gzipped` },
    ];
  },
};
