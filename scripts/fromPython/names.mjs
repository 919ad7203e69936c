// Writes src/fromPython/apiNames.ts, the names that the built engine has: `node scripts/fromPython/names.mjs` after a build.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as kindling from "../../dist/kindling.js";

/** Path of a namespace → its names. */
export function namesOf(engine) {
  const spaces = {};
  const members = new Set();
  const visit = (path, space) => {
    spaces[path] = Object.keys(space).sort();
    for (const [name, value] of Object.entries(space)) {
      if (typeof value === "object" && value !== null) visit(path === "" ? name : `${path}.${name}`, value);
      else if (typeof value === "function" && /^[A-Z]/.test(name)) for (const member of membersOf(value)) members.add(member);
    }
  };
  visit("", engine);
  for (const name of propertiesDeclared()) members.add(name);
  return { spaces, members: [...members].sort(), tensor: membersOf(engine.Tensor).sort() };
}

/** The properties that the classes of the API declare: they stand on objects, not on prototypes. */
function propertiesDeclared() {
  const folder = new URL("../../src/engine/", import.meta.url);
  const files = readdirSync(folder, { recursive: true }).filter((file) => /^(nn|optim|data|distributions)\/.*\.ts$/.test(file));
  return files.flatMap((file) => [...readFileSync(new URL(file, folder), "utf8").matchAll(/^ {2}(?:readonly )?([a-z]\w*)[?!]?:/gm)].map(([, name]) => name));
}

function membersOf(constructor) {
  const found = new Set();
  for (
    let prototype = constructor.prototype;
    prototype && prototype !== Object.prototype && prototype !== Function.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const name of Object.getOwnPropertyNames(prototype)) if (name !== "constructor") found.add(name);
  }
  return [...found];
}

export function textOf({ spaces, members, tensor }) {
  const words = (names) => {
    const lines = [""];
    for (const name of names) {
      if (lines.at(-1).length + name.length > 110) lines.push("");
      lines[lines.length - 1] += `${lines.at(-1) === "" ? "" : " "}${name}`;
    }
    return `words(\`\n${lines.map((line) => `    ${line}`).join("\n")}\n  \`)`;
  };
  return [
    "/** The names that the API has. Written by scripts/fromPython/names.mjs; do not edit. */",
    "",
    "function words(text: string): ReadonlySet<string> {",
    "  return new Set(text.trim().split(/\\s+/));",
    "}",
    "",
    "/** Path of a namespace → its names; the empty path is `kindling` itself. */",
    "export const apiNames: Readonly<Record<string, ReadonlySet<string>>> = {",
    ...Object.entries(spaces).map(([path, names]) => `  ${/^\w+$/.test(path) ? path : JSON.stringify(path)}: ${words(names)},`),
    "};",
    "",
    "/** The methods and properties of tensors. */",
    `export const tensorMembers = ${words(tensor)};`,
    "",
    "/** The methods and properties of all classes of the API. */",
    `export const apiMembers = ${words(members)};`,
    "",
  ].join("\n");
}

if (import.meta.url === `file://${process.argv[1]}`) writeFileSync(new URL("../../src/fromPython/apiNames.ts", import.meta.url), textOf(namesOf(kindling)));
