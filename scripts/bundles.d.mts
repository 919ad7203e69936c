import type { BuildOptions } from "esbuild";

/** Engine, runner and command line, as they are shipped. */
export function moduleBundles(outdir: string): BuildOptions;
