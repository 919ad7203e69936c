/** Puts the declarations of `kindling` into a workspace, where no installed package has them. */
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Marks a package that only has types and that Kindling itself wrote, so that it may write it again. */
const marker = "kindlingTypesOnly";

/** @returns the folder of the package that `import "kindling"` finds from files in `folder`, as Node looks for it */
export function findPackage(folder: string): string | undefined {
  const here = join(folder, "node_modules", "kindling");
  if (existsSync(join(here, "package.json"))) return here;
  const parent = dirname(folder);
  return parent === folder ? undefined : findPackage(parent);
}

/** Whether a real installation, or these very types, are found from `folder`; what has no readable manifest is neither. */
export function hasTypes(folder: string, version: string): boolean {
  const found = findPackage(folder);
  if (found === undefined) return false;
  const manifest = readManifest(join(found, "package.json"));
  return manifest !== undefined && (manifest[marker] !== true || manifest["version"] === version);
}

function readManifest(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes `node_modules/kindling` in `folder`: the declarations and a manifest that points at them. A real
 * `npm install kindling` later takes its place.
 * @param types the extension's own `dist/types`
 * @returns the folder that was written
 * @throws Error where `node_modules` is not a folder inside `folder`: nothing is written elsewhere
 */
export function writeTypes(folder: string, types: string, version: string): string {
  const target = join(folder, "node_modules", "kindling");
  refuseElsewhere(folder, join(folder, "node_modules"));
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(types, join(target, "types"), { recursive: true });
  const manifest = {
    name: "kindling",
    version,
    description: "Types for model files; the Kindling extension brings the engine that runs them.",
    [marker]: true,
    type: "module",
    types: "./types/index.d.ts",
    exports: { ".": { types: "./types/index.d.ts" } },
  };
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  // Where a project keeps its node_modules in git, these stay out.
  writeFileSync(join(target, ".gitignore"), "*\n");
  return target;
}

/** A `node_modules` that is a link belongs to another project, which is not this one's to write to. */
function refuseElsewhere(folder: string, modules: string): void {
  if (lstatSync(modules, { throwIfNoEntry: false }) === undefined) return;
  const way = relative(realpathSync(folder), existsSync(modules) ? realpathSync(modules) : "");
  if (way === "node_modules" && lstatSync(modules).isDirectory()) return;
  throw new Error(`${modules} is not a folder of this workspace, so nothing was written to it. Run \`npm install kindling\` in its place.`);
}
