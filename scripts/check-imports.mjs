// Holds the directions of imports that docs/architecture.md draws. Part of `npm run lint`.
//   node scripts/check-imports.mjs [ROOT]
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { root as repository } from "./system.mjs";

const root = resolve(process.argv[2] ?? repository);

/** Folder → the other folders of the house that it may import from, and which packages. */
const houses = {
  "src/protocol": { from: [], packages: [] },
  "src/run": { from: ["src/protocol"], packages: [] },
  "src/client": { from: ["src/protocol", "src/run"], packages: [/^node:/] },
  "src/engine": { from: [], packages: ["papaparse", "fflate", "fast-png", "jpeg-js"] },
  "src/observe": { from: ["src/protocol", "src/run", "src/engine"], packages: [] },
  "src/runner": { from: ["src/protocol", "src/run", "src/engine", "src/observe"], packages: [/^node:/, "esbuild", "acorn", "@jridgewell/trace-mapping"] },
  "src/cli": { from: ["src/protocol", "src/run", "src/client", "src/engine", "src/observe", "src/runner"], packages: [/^node:/] },
  "src/extension": { from: ["src/protocol", "src/run", "src/client"], packages: [/^node:/, "vscode"] },
  "webview": { from: ["src/protocol", "src/run"], packages: [/^preact/, /^@preact\//, "uplot", /^uplot\//, /^@vscode-elements\//, /^@vscode\/codicons/] },
};

/** Inside the engine each imports from those before it and from its own; a tensor and its graph know each other. Types may be named anywhere. */
const engineOrder = [["kernels"], ["memory"], ["tensor.ts", "autograd"], ["ops"], ["nn"], ["io", "distributions"], ["optim", "data"]];

/** What deals in addresses in linear memory, and the folders that may. */
const pointers = { files: ["heap.ts", "linear.ts", "workspace.ts"].map((name) => `src/engine/memory/${name}`), seenBy: ["src/engine/kernels/", "src/engine/memory/", "src/engine/ops/"] };

/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")`; the first group is "type " for type-only ones. */
const importPattern = /^\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;

function sourceFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${sep}assembly${sep}`));
}

function houseOf(file) {
  return Object.keys(houses).find((house) => file.startsWith(`${house}/`));
}

function engineLayer(file) {
  const [first] = file.slice("src/engine/".length).split("/");
  return engineOrder.findIndex((names) => names.includes(first));
}

/** Why `file` may not import `specifier`, or undefined where it may. */
function objection(file, specifier, typeOnly) {
  const house = houseOf(file);
  const { from, packages } = houses[house];
  if (!specifier.startsWith(".")) {
    const allowed = packages.some((name) => typeof name === "string" ? name === specifier : name.test(specifier));
    return allowed ? undefined : `${house} may not use the package ${specifier}`;
  }
  const target = relative(root, resolve(root, dirname(file), specifier)).split(sep).join("/");
  // Names that the build puts everywhere.
  if (target === "src/globals.ts") return undefined;
  if (pointers.files.includes(target) && !pointers.seenBy.some((folder) => file.startsWith(folder))) return "only kernels, memory and ops see pointers";
  const targetHouse = houseOf(target);
  if (targetHouse !== house) {
    return from.includes(targetHouse) ? undefined : `${house} may not import from ${targetHouse ?? target}`;
  }
  if (house !== "src/engine" || typeOnly) return undefined;
  const own = engineLayer(file);
  const other = engineLayer(target);
  if (own === -1 || other === -1 || other <= own) return undefined;
  return `inside the engine ${engineOrder[own].join(", ")} comes before ${engineOrder[other].join(", ")}`;
}

let count = 0;
for (const file of Object.keys(houses).flatMap(sourceFiles)) {
  const text = readFileSync(file, "utf8");
  const name = relative(root, file).split(sep).join("/");
  for (const match of text.matchAll(importPattern)) {
    const reason = objection(name, match[2] ?? match[3], match[1] !== undefined);
    if (!reason) continue;
    const line = text.slice(0, match.index + match[0].search(/\S/)).split("\n").length;
    console.error(`${name}:${line}: ${reason} (docs/architecture.md)`);
    count++;
  }
}
if (count > 0) process.exitCode = 1;
