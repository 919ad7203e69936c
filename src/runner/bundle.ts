/** Makes one module of the user's file and all that it imports, except for the engine, which the worker thread already holds. */
import {
  build,
  transform,
  type BuildFailure,
  type Loader,
  type Location,
  type Message,
  type OnLoadResult,
  type PartialMessage,
  type Plugin,
  type ResolveResult,
} from "esbuild";
import { decodedMappings, encodedMappings, TraceMap, type EncodedSourceMap } from "@jridgewell/trace-mapping";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, parse, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ValuePlace } from "../observe/values/valuePlace.ts";
import type { GivenConstant, Problem, SourcePosition } from "../protocol/index.ts";
import { decoratorOptions } from "./compilerOptions.ts";
import type { Declarations, CallSite, ClassDeclaration, FieldDeclaration, ImportedName, VariableDeclaration } from "./declarations.ts";
import { withConstants } from "./givenConstants.ts";
import { insertHooks } from "./insertHooks.ts";
import { OwnFiles } from "./ownFiles.ts";
import { noMetadata, unreadable } from "./problems.ts";
import { programHooksKey, programHooksName } from "./programHooks.ts";

export interface Bundle {
  /** ECMAScript module text. */
  readonly code: string;
  /** Source map as JSON; see `SourceMap`. */
  readonly map: string;
  readonly declarations: Declarations;
  /** The user's own files as the user calls them, the entry first. */
  readonly files: readonly string[];
  /** Where the entry believes to be. */
  readonly place: string;
  /** What is well to know of a file that can be bundled. */
  readonly warnings: readonly Problem[];
}

export interface BundleOptions {
  /** Whether the program tells its tensors. */
  readonly tellsValues?: boolean;
  /** What has another value than in the file. */
  readonly given?: readonly GivenConstant[];
  /** What stands in the user's own files, by their names, where it isn't what is on disk. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** What can't be bundled; `messages` hold esbuild's own places, but for the files, which have the user's names. */
export class BundleError extends Error {
  readonly messages: readonly Message[];
  readonly files: readonly string[];

  constructor(messages: readonly Message[], files: readonly string[]) {
    super(messages[0]?.text ?? "the file can't be bundled");
    this.messages = messages;
    this.files = files;
  }
}

/** The code as a debugger needs it: it leads to the user's own lines by itself. Lines that are hooks lead nowhere, so they are stepped over. */
export function withSourceMap({ code, map }: Bundle): string {
  const parsed = JSON.parse(map) as Omit<EncodedSourceMap, "sources"> & { readonly sources: string[] };
  const sources = parsed.sources.map((source) => (source.startsWith("file:") ? source : pathToFileURL(source).href));
  const isHook = code.split("\n").map((line) => line.trimStart().startsWith(`${programHooksName}?.`));
  const lines = decodedMappings(new TraceMap(parsed)).map((segments, line) => (isHook[line] ? [] : [...segments]));
  const mappings = encodedMappings(new TraceMap({ version: 3, names: parsed.names, sources, mappings: lines }));
  return code + inlineMap({ ...parsed, sources, mappings });
}

/** Starts esbuild's own process, which takes longer than a bundle does. */
export function warmUp(): void {
  // A failure will come again, and be reported, when something is bundled.
  transform("", { loader: "ts" }).catch(() => {});
}

/** Stands for the user's own files in source maps while esbuild has them: it would take a path for a URL. */
const ownSource = "kindling:";
/** What is asked for by `require("kindling")`. */
const required = "kindling-required";
/** Marks a question that the plugin itself asks. */
const underWay = Symbol("under way");
const mayDecorate = /@[\p{ID_Start}$_(]/u;
const scriptFile = /\.[cm]?[jt]sx?$/;
const packageFolder = /[\\/]node_modules[\\/]/;

/**
 * @param file absolute path of the user's `.model.ts`, as the user opened it
 * @param engine URL of the engine that takes the place of `kindling`
 */
export async function bundle(file: string, engine: string, { tellsValues = false, given = [], texts }: BundleOptions = {}): Promise<Bundle> {
  const own = new OwnFiles(file);
  const classes: ClassDeclaration[] = [];
  const fields: FieldDeclaration[] = [];
  const variables: VariableDeclaration[] = [];
  const imports: ImportedName[] = [];
  const loops: SourcePosition[] = [];
  const tellingCalls: SourcePosition[] = [];
  const calls: CallSite[] = [];
  const values: ValuePlace[] = [];
  const warnings: Problem[] = [];

  async function loadOwn(path: string): Promise<OnLoadResult> {
    const name = own.nameOf(path);
    const text = texts?.get(name) ?? (await readSource(path, name));
    if (typeof text !== "string") return text;
    const source = path === own.entry ? withConstants(text, given) : text;
    if (typeof source !== "string") return { errors: [{ text: source.why, location: { file: path, line: 1 } }] };
    const decorators = mayDecorate.test(source) ? decoratorOptions(path) : {};
    const result = await toJavaScript(path, own.placeOf(path), source, decorators.experimentalDecorators ?? false);
    if ("errors" in result) return result;
    // No `await` from here on: class indices are positions in the shared list.
    if (decorators.emitDecoratorMetadata && result.code.includes("__decorateClass")) warnings.push(noMetadata(name));
    const first = { class: classes.length, loop: loops.length, tellingCall: tellingCalls.length, ...(tellsValues && { value: values.length }) };
    const hooked = insertHooks(name, source, result.code, result.map, first);
    loops.push(...hooked.loops);
    tellingCalls.push(...hooked.tellingCalls);
    classes.push(...hooked.classes);
    fields.push(...hooked.fields);
    variables.push(...hooked.variables);
    imports.push(...hooked.imports);
    calls.push(...hooked.calls);
    values.push(...hooked.values);
    const map = { ...(JSON.parse(result.map) as object), sources: [ownSource + own.names.indexOf(name)], mappings: hooked.mappings };
    return { contents: hooked.code + inlineMap(map), loader: "js", resolveDir: dirname(path) };
  }

  async function loadForeign(path: string): Promise<OnLoadResult> {
    const source = await readSource(path, path);
    if (typeof source !== "string") return source;
    if (!/__dirname|__filename|import\.meta/.test(source)) return { contents: source, loader: loaderOf(path), resolveDir: dirname(path) };
    const result = await toJavaScript(path, path, source, false);
    return "errors" in result ? result : { contents: result.code, loader: "js", resolveDir: dirname(path) };
  }

  const plugin: Plugin = {
    name: "kindling",
    setup(setup) {
      setup.onResolve({ filter: /^/ }, ({ kind }) => (kind === "entry-point" ? { path: own.entry } : undefined));
      setup.onResolve({ filter: /^kindling(\/|$)/ }, ({ kind }) =>
        kind === "require-call" ? { path: "kindling", namespace: required } : { path: engine, external: true },
      );
      setup.onLoad({ filter: /^/, namespace: required }, () => ({ contents: `export * from ${JSON.stringify(engine)};`, loader: "js" }));
      setup.onResolve({ filter: /^file:\/\// }, (request) => (request.path === engine ? { path: engine, external: true } : undefined));
      setup.onResolve({ filter: /\.node$/ }, (request) => ({ path: join(request.resolveDir, request.path), external: true }));
      setup.onResolve({ filter: /^[^./]/ }, (request) => {
        const path = nativeEntry(request.path, request.resolveDir);
        if (!path) return undefined;
        return { path: request.kind === "require-call" ? path : pathToFileURL(path).href, external: true };
      });
      setup.onResolve({ filter: /^/ }, async (request) => {
        if (request.pluginData === underWay || request.namespace !== "file") return undefined;
        const { importer, kind, namespace, path, resolveDir } = request;
        const found = await setup.resolve(path, { importer, kind, namespace, resolveDir, pluginData: underWay });
        const missing = found.errors.length > 0 && keptFile(path, resolveDir, texts);
        if (missing) return { path: missing, namespace: "file" };
        if (isOwn(found)) own.reach(importer, path, found.path);
        return found;
      });
      setup.onLoad({ filter: scriptFile, namespace: "file" }, ({ path }) => {
        // `import("./parts/" + name)` finds files by itself.
        if (!packageFolder.test(path)) own.reach(own.entry, ".", path);
        return own.has(path) ? loadOwn(path) : loadForeign(path);
      });
    },
  };

  try {
    const result = await build({
      entryPoints: [{ in: "program", out: "program" }],
      absWorkingDir: rootOf(file),
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "es2022",
      sourcemap: "external",
      sourcesContent: false,
      outdir: rootOf(file),
      banner: { js: firstLine(own.entry) },
      logLevel: "silent",
      plugins: [plugin],
    });
    const output = (ending: string): string => result.outputFiles.find((candidate) => candidate.path.endsWith(ending))!.text;
    return {
      code: output(".js"),
      map: namedSources(output(".map"), own.names),
      declarations: { classes, fields, variables, imports, loops, tellingCalls, calls, values },
      files: own.names,
      place: own.placeOf(own.entry),
      warnings,
    };
  } catch (error) {
    if (isBuildFailure(error))
      throw new BundleError(
        error.errors.map((message) => ({ ...message, location: namedLocation(message.location, own) })),
        own.names,
      );
    throw error;
  }
}

/** The file's text, or why there is none; esbuild would look for the place of such an error in its own code. */
async function readSource(path: string, name: string): Promise<string | { errors: PartialMessage[] }> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    return { errors: [{ text: unreadable((error as NodeJS.ErrnoException).code, name) }] };
  }
}

/** A file that is no longer there, but whose text is known. */
function keptFile(specifier: string, folder: string, texts: ReadonlyMap<string, string> | undefined): string | undefined {
  const path = resolve(folder, specifier);
  return texts && [path, `${path}.ts`, path.replace(/\.js$/, ".ts")].find((candidate) => texts.has(candidate));
}

function isOwn({ path, namespace, external, errors }: ResolveResult): boolean {
  return errors.length === 0 && !external && namespace === "file" && !packageFolder.test(path) && scriptFile.test(path);
}

function rootOf(path: string): string {
  return parse(path).root;
}

/**
 * Takes the types away and settles what the file's own place means.
 * A bare field declaration (`fc: nn.Linear;`) must define nothing: modules are registered in order of assignment.
 * @param place where the file believes to be
 */
async function toJavaScript(
  path: string,
  place: string,
  source: string,
  experimentalDecorators: boolean,
): Promise<{ code: string; map: string } | { errors: Message[] }> {
  const url = JSON.stringify(pathToFileURL(place).href);
  const folder = JSON.stringify(dirname(place));
  const name = JSON.stringify(place);
  try {
    return await transform(source, {
      loader: loaderOf(path),
      target: "es2022",
      sourcemap: "external",
      sourcesContent: false,
      sourcefile: path,
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, experimentalDecorators } },
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

/** The program's first line tells that it is read. CommonJS packages call `require`; there it is found from the user's file. */
function firstLine(file: string): string {
  const require = `const require = __kindlingRequire(${JSON.stringify(pathToFileURL(file).href)});`;
  return `import { createRequire as __kindlingRequire } from "node:module"; const ${programHooksName} = globalThis[Symbol.for(${JSON.stringify(programHooksKey)})]; ${programHooksName}?.begun(); ${require}`;
}

function inlineMap(map: object): string {
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
}

/** esbuild's sources are URLs, relative to where the program would lie; those of the user's own files get the user's names. */
function namedSources(map: string, names: readonly string[]): string {
  const parsed = JSON.parse(map) as { sources: string[] };
  const base = pathToFileURL(rootOf(names[0]!));
  const sources = parsed.sources.map((source) => (source.startsWith(ownSource) ? names[Number(source.slice(ownSource.length))]! : new URL(source, base).href));
  return JSON.stringify({ ...parsed, sources });
}

/** esbuild's messages show paths from the working directory on, with slashes only. */
function namedLocation(location: Location | null, own: OwnFiles): Location | null {
  const shown = location?.file.replaceAll("\\", "/");
  const real = own.realPaths.find((path) => shown === path.replaceAll("\\", "/") || shown === relative(rootOf(path), path).replaceAll("\\", "/"));
  return location && real !== undefined ? { ...location, file: own.nameOf(real) } : location;
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
