// The rule `house/imports`: an import goes the way that houses.mjs allows.
import { posix, relative, sep } from "node:path";
import { everywhere, houses, layers, pointers } from "./houses.mjs";

const engine = "src/engine";

function isIn(file, folder) {
  return file === folder || file.startsWith(`${folder}/`);
}

function houseOf(file) {
  return Object.keys(houses).find((house) => isIn(file, house));
}

/** The layer of a file of the house: the one that names the longest path that it begins with, or undefined. */
function layerOf(house, file) {
  const inside = file.slice(`${house}/`.length);
  const places = layers[house].flatMap((names, rank) => names.filter((name) => isIn(inside, name)).map((name) => ({ names, rank, length: name.length })));
  return places.toSorted((a, b) => b.length - a.length)[0];
}

/** @typedef {{ specifier: string, typeOnly: boolean, names: readonly string[] }} Import  `names` is ["*"] for all there is */

function packageObjection(house, specifier) {
  const isAllowed = houses[house].packages.some((name) => (typeof name === "string" ? name === specifier : name.test(specifier)));
  return isAllowed ? undefined : `${house} may not use the package ${specifier}`;
}

function pointerObjection(file, target, names) {
  const path = (name) => `${engine}/${name}`;
  if (pointers.seenBy.some((folder) => isIn(file, path(folder)))) return undefined;
  const closedNames = Object.entries(pointers.names).find(([name]) => path(name) === target)?.[1] ?? [];
  const sees =
    pointers.files.some((name) => path(name) === target) || (names.some((name) => name === "*" || closedNames.includes(name)) && closedNames.length > 0);
  return sees ? `only ${pointers.seenBy.join(", ")} see pointers` : undefined;
}

function layerObjection(house, file, target) {
  const own = layerOf(house, file);
  const other = layerOf(house, target);
  if (!own || !other) return `${own ? target : file} has no layer in scripts/lint/houses.mjs`;
  return other.rank <= own.rank ? undefined : `inside ${house} ${own.names.join(", ")} comes before ${other.names.join(", ")}`;
}

/**
 * Why `file` may not have this import, or undefined where it may. Paths are relative to the project, with slashes.
 * @param {string} file
 * @param {Import} wanted
 */
function objection(file, { specifier, typeOnly, names }) {
  const house = houseOf(file);
  if (!house) return undefined;
  if (!specifier.startsWith(".")) return packageObjection(house, specifier);
  const target = posix.join(posix.dirname(file), specifier);
  if (everywhere.includes(target)) return undefined;
  const targetHouse = houseOf(target);
  if (targetHouse !== house && !houses[house].from.includes(targetHouse)) return `${house} may not import from ${targetHouse ?? target}`;
  const isLayered = house === targetHouse && house in layers && !(typeOnly && house === engine);
  return pointerObjection(file, target, names) ?? (isLayered ? layerObjection(house, file, target) : undefined);
}

const textOf = (name) => name.name ?? name.value;
const everything = ["*"];

export const imports = {
  meta: { type: "problem" },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join("/");
    // `import { type T }` loads the file all the same: only `import type` is no import of values.
    const hold = (node, kind, names) => {
      const reason = objection(file, { specifier: node.source.value, typeOnly: kind === "type", names });
      if (reason) context.report({ node, message: `${reason} (docs/architecture.md)` });
    };
    return {
      ImportDeclaration: (node) =>
        hold(
          node,
          node.importKind,
          node.specifiers.map(({ imported }) => (imported ? textOf(imported) : "*")),
        ),
      ExportNamedDeclaration: (node) =>
        node.source &&
        hold(
          node,
          node.exportKind,
          node.specifiers.map(({ local }) => textOf(local)),
        ),
      ExportAllDeclaration: (node) => hold(node, node.exportKind, everything),
      ImportExpression: (node) => node.source.type === "Literal" && hold(node, "value", everything),
      TSImportType: (node) => hold(node, "type", everything),
    };
  },
};
