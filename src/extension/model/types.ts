/** Puts the declarations of `kindling` into a workspace, where no installed package has them. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Marks a package that only has types and that Kindling itself wrote, so that it may write it again. */
const marker = "kindlingTypesOnly";

/** @returns the folder of the package that `import "kindling"` finds from files in `folder`, as Node looks for it */
export function findPackage(folder: string): string | undefined {
  const here = join(folder, "node_modules", "kindling");
  if (existsSync(join(here, "package.json"))) return here;
  const parent = dirname(folder);
  return parent === folder ? undefined : findPackage(parent);
}

/** Whether a real installation, or these very types, are found from `folder`. */
export function hasTypes(folder: string, version: string): boolean {
  const found = findPackage(folder);
  if (found === undefined) return false;
  const manifest = JSON.parse(readFileSync(join(found, "package.json"), "utf8")) as Record<string, unknown>;
  return manifest[marker] !== true || manifest["version"] === version;
}

/**
 * Writes `node_modules/kindling` in `folder`: the declarations and a manifest that points at them. A real
 * `npm install kindling` later takes its place.
 * @param types the extension's own `dist/types`
 * @returns the folder that was written
 */
export function writeTypes(folder: string, types: string, version: string): string {
  const target = join(folder, "node_modules", "kindling");
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
