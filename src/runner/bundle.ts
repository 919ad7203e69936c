/** Makes one module of the user's file and all that it imports, except for the engine, which the worker thread already holds. */
import { build, transform, type BuildFailure, type Loader, type Message, type OnLoadResult, type Plugin } from "esbuild";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { annotate } from "./annotate.ts";
import type { Annotations, ClassDeclaration, ImportedName, VariableDeclaration } from "./annotations.ts";

export interface Bundle {
  /** ECMAScript module text. */
  readonly code: string;
  /** Source map as JSON; its sources are absolute paths. */
  readonly map: string;
  readonly annotations: Annotations;
  /** The user's own files, the entry first. */
  readonly files: readonly string[];
}

/** What can't be bundled; `messages` hold esbuild's own places. */
export class BundleError extends Error {
  readonly messages: readonly Message[];
  readonly files: readonly string[];

  constructor(messages: readonly Message[], files: readonly string[]) {
    super(messages[0]?.text ?? "the file can't be bundled");
    this.messages = messages;
    this.files = files;
  }
}

/** Starts esbuild's own process, which takes longer than a bundle does. */
export function warmUp(): void {
  // A failure will come again, and be reported, when something is bundled.
  transform("", { loader: "ts" }).catch(() => {});
}

const scriptFile = /\.[cm]?[jt]sx?$/;
const packageFolder = /[\\/]node_modules[\\/]/;

/**
 * @param file absolute path of the user's `.model.ts`
 * @param engine URL of the engine that takes the place of `kindling`
 */
export async function bundle(file: string, engine: string): Promise<Bundle> {
  const files = new Set<string>([file]);
  const classes: ClassDeclaration[] = [];
  const variables: VariableDeclaration[] = [];
  const imports: ImportedName[] = [];
  let loops = 0;

  async function loadOwn(path: string): Promise<OnLoadResult> {
    files.add(path);
    const source = await readFile(path, "utf8");
    const loader = loaderOf(path);
    const result = await toJavaScript(path, source, loader);
    if ("errors" in result) return result;
    // No `await` from here on: class indices are positions in the shared list.
    const annotated = annotate(path, source, result.code, result.map, { class: classes.length, loop: loops });
    loops += annotated.loops;
    classes.push(...annotated.classes);
    variables.push(...annotated.variables);
    imports.push(...annotated.imports);
    const map = { ...(JSON.parse(result.map) as object), mappings: annotated.mappings };
    return { contents: annotated.code + inlineMap(map), loader: "js", resolveDir: dirname(path) };
  }

  const plugin: Plugin = {
    name: "kindling",
    setup(setup) {
      setup.onResolve({ filter: /^kindling(\/|$)/ }, () => ({ path: engine, external: true }));
      setup.onResolve({ filter: /\.node$/ }, (request) => ({ path: join(request.resolveDir, request.path), external: true }));
      setup.onResolve({ filter: /^[^./]/ }, (request) => {
        const path = nativeEntry(request.path, request.resolveDir);
        if (!path) return undefined;
        return { path: request.kind === "require-call" ? path : pathToFileURL(path).href, external: true };
      });
      setup.onLoad({ filter: scriptFile, namespace: "file" }, async ({ path }) => {
        if (!packageFolder.test(path)) return loadOwn(path);
        const source = await readFile(path, "utf8");
        if (!/__dirname|__filename|import\.meta/.test(source)) return { contents: source, loader: loaderOf(path), resolveDir: dirname(path) };
        const result = await toJavaScript(path, source, loaderOf(path));
        return "errors" in result ? result : { contents: result.code, loader: "js", resolveDir: dirname(path) };
      });
    },
  };

  try {
    const result = await build({
      entryPoints: [file],
      // esbuild remembers where the process began; the messages' paths are to begin where it is now.
      absWorkingDir: process.cwd(),
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "es2022",
      sourcemap: "external",
      sourcesContent: false,
      outfile: `${file}.bundle.mjs`,
      banner: { js: requireFor(file) },
      logLevel: "silent",
      plugins: [plugin],
    });
    const output = (ending: string): string => result.outputFiles.find((candidate) => candidate.path.endsWith(ending))!.text;
    return { code: output(".mjs"), map: absoluteSources(output(".map"), dirname(file)), annotations: { classes, variables, imports }, files: [...files] };
  } catch (error) {
    if (isBuildFailure(error)) throw new BundleError(error.errors, [...files]);
    throw error;
  }
}

/**
 * Takes the types away and settles what the file's own place means.
 * A bare field declaration (`fc: nn.Linear;`) must define nothing: modules are registered in order of assignment.
 */
async function toJavaScript(path: string, source: string, loader: Loader): Promise<{ code: string; map: string } | { errors: Message[] }> {
  const url = JSON.stringify(pathToFileURL(path).href);
  const folder = JSON.stringify(dirname(path));
  const name = JSON.stringify(path);
  try {
    return await transform(source, {
      loader,
      target: "es2022",
      sourcemap: "external",
      sourcesContent: false,
      sourcefile: path,
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
      define: {
        "import.meta.url": url,
        "import.meta.dirname": folder,
        "import.meta.filename": name,
        __dirname: folder,
        __filename: name,
      },
    });
  } catch (error) {
    if (isBuildFailure(error)) return { errors: error.errors };
    throw error;
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

function loaderOf(path: string): Loader {
  switch (extname(path)) {
    case ".ts":
    case ".mts":
    case ".cts":
      return "ts";
    case ".tsx":
      return "tsx";
    case ".jsx":
      return "jsx";
    default:
      return "js";
  }
}

/** CommonJS packages call `require`; there it is found from the user's file. */
function requireFor(file: string): string {
  return `import { createRequire as __kindlingRequire } from "node:module"; const require = __kindlingRequire(${JSON.stringify(pathToFileURL(file).href)});`;
}

function inlineMap(map: object): string {
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
}

function absoluteSources(map: string, folder: string): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  return JSON.stringify({ ...parsed, sources: parsed.sources.map((source) => join(folder, source)) });
}

/**
 * The entry of a package that loads a compiled addon, which can't be bundled: it finds its binary by its own place.
 * `undefined` for everything else.
 */
function nativeEntry(request: string, from: string): string | undefined {
  const name = /^(@[^/]+\/[^/]+|[^@/][^/]*)/.exec(request)?.[1];
  const folder = name && packageFolderOf(name, from);
  if (!folder || !isNative(folder)) return undefined;
  try {
    return createRequire(join(from, "importer.js")).resolve(request);
  } catch {
    return undefined;
  }
}

function packageFolderOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

const addonLoaders = ["node-gyp-build", "bindings", "node-addon-api", "prebuild-install", "@mapbox/node-pre-gyp", "detect-libc", "napi-macros"];

function isNative(folder: string): boolean {
  if (existsSync(join(folder, "binding.gyp"))) return true;
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  const dependencies = Object.keys((manifest["dependencies"] as object | undefined) ?? {});
  return "gypfile" in manifest || "napi" in manifest || "binary" in manifest || dependencies.some((name) => addonLoaders.includes(name));
}
