import type { Plugin } from "esbuild";

export declare const sturdyNames: Plugin;
