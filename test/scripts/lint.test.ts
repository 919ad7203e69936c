/** `npm run lint` holds the directions of imports and what a class keeps to itself: it is run over a small house with faults. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository, temporaryFolder } from "../harness/temporary.ts";

interface Case {
  readonly what: string;
  readonly file: string;
  readonly text: string;
  /** What the first complaint about the file says; none where the file is right. */
  readonly says?: RegExp;
}

// oxfmt-ignore
const cases: readonly Case[] = [
  { what: "a house that may not be seen", file: "src/protocol/a.ts", text: 'import { at } from "../run/at.ts";\nexport const b = at;', says: /src\/protocol may not import from src\/run/ },
  { what: "a type of a house that may not be seen", file: "src/run/types.ts", text: 'import type { Tensor } from "../engine/tensor.ts";\nexport type T = Tensor;', says: /src\/run may not import from src\/engine/ },
  { what: "a type named in place", file: "src/run/inPlace.ts", text: 'export type T = import("../engine/tensor.ts").Tensor;', says: /src\/run may not import from src\/engine/ },
  { what: "a re-export", file: "src/run/again.ts", text: 'export { Tensor } from "../engine/tensor.ts";', says: /src\/run may not import from src\/engine/ },
  { what: "a re-export of everything", file: "src/run/all.ts", text: 'export * from "../engine/tensor.ts";', says: /src\/run may not import from src\/engine/ },
  { what: "an import while running", file: "webview/late.ts", text: 'export const late = () => import("../src/runner/main.ts");', says: /webview may not import from src\/runner/ },
  { what: "an import over several lines", file: "src/client/lines.ts", text: 'import {\n  Tensor,\n} from "../engine/tensor.ts";\nexport const t = Tensor;', says: /src\/client may not import from src\/engine/ },
  { what: "a package", file: "src/engine/ops/disk.ts", text: 'import { readFileSync } from "node:fs";\nexport const read = readFileSync;', says: /src\/engine may not use the package node:fs/ },
  { what: "a house that may be seen", file: "src/extension/a.ts", text: 'import { at } from "../run/at.ts";\nexport const b = at;' },
  { what: "the names that the build puts everywhere", file: "src/protocol/own.ts", text: 'import { Map } from "../globals.ts";\nexport const map = Map;' },
  { what: "a layer above", file: "src/engine/ops/up.ts", text: 'import { Linear } from "../nn/linear.ts";\nexport const up = Linear;', says: /ops comes before nn/ },
  { what: "a layer above, for a file of the engine's root", file: "src/engine/shape.ts", text: 'import { Tensor } from "./tensor.ts";\nexport const up = Tensor;', says: /errors\.ts, .*shape\.ts, .* comes before tensor\.ts, autograd/ },
  { what: "a layer above, from random numbers", file: "src/engine/random/up.ts", text: 'import { Tensor } from "../tensor.ts";\nexport const up = Tensor;', says: /random comes before tensor\.ts/ },
  { what: "a type of a layer above", file: "src/engine/instrument.ts", text: 'import type { Tensor } from "./tensor.ts";\nexport type T = Tensor;' },
  { what: "types among the names of an import that loads the file", file: "src/engine/device.ts", text: 'import { type Tensor } from "./tensor.ts";\nexport type T = Tensor;', says: /comes before tensor\.ts/ },
  { what: "a value beside a type", file: "src/engine/dtype.ts", text: 'import { type Tensor, t } from "./tensor.ts";\nexport const d: Tensor = t;', says: /comes before tensor\.ts/ },
  { what: "a layer below", file: "src/engine/nn/down.ts", text: 'import { up } from "../ops/index.ts";\nexport const down = up;' },
  { what: "a file of the engine without a layer", file: "src/engine/new.ts", text: 'import { up } from "./ops/index.ts";\nexport const down = up;', says: /src\/engine\/new\.ts has no layer/ },
  { what: "linear memory, from a layer above", file: "src/engine/nn/memory.ts", text: 'import { kernels } from "../memory/linear.ts";\nexport const k = kernels;', says: /only kernels, memory, ops see pointers/ },
  { what: "an address, from a layer above", file: "src/engine/nn/address.ts", text: 'import { address } from "../memory/residents.ts";\nexport const a = address;', says: /only kernels, memory, ops see pointers/ },
  { what: "everything of a file with addresses", file: "src/engine/io/residents.ts", text: 'import * as residents from "../memory/residents.ts";\nexport const a = residents;', says: /only kernels, memory, ops see pointers/ },
  { what: "another name of that file", file: "src/engine/nn/tenure.ts", text: 'import { tenure } from "../memory/residents.ts";\nexport const t = tenure;' },
  { what: "an address, in an operation", file: "src/engine/ops/address.ts", text: 'import { address } from "../memory/residents.ts";\nexport const a = address;' },
  { what: "one half of a circle", file: "src/run/hen.ts", text: 'import { egg } from "./egg.ts";\nexport const hen = (): unknown => egg;', says: /[Cc]ycle/ },
  { what: "the other half of a circle", file: "src/run/egg.ts", text: 'import { hen } from "./hen.ts";\nexport const egg = (): unknown => hen;', says: /[Cc]ycle/ },
  { what: "a circle of types", file: "src/run/day.ts", text: 'import type { Night } from "./night.ts";\nexport interface Day { next: Night }' },
  { what: "the other half of a circle of types", file: "src/run/night.ts", text: 'import type { Day } from "./day.ts";\nexport interface Night { next: Day }' },
  { what: "a private field", file: "webview/field.ts", text: "export class A { private a = 1; b = this.a; }", says: /write #name/ },
  { what: "a private method", file: "webview/method.ts", text: "export class A { private a() { return 1; } b = this.a(); }", says: /write #name/ },
  { what: "a private parameter", file: "webview/parameter.ts", text: "export class A { constructor(private readonly a: number) {} get b() { return this.a; } }", says: /write #name/ },
  { what: "a private constructor, which has no other form", file: "webview/constructor.ts", text: "export class A { private constructor() {} static make() { return new A(); } }" },
  { what: "a hash name", file: "webview/hash.ts", text: "export class A { #a = 1; b = this.#a; }" },
  { what: "a promise that nobody waits for", file: "webview/promise.ts", text: "async function go(): Promise<void> {}\nexport function start(): void { go(); }", says: /Promises must be awaited/ },
  { what: "a promise where none is expected", file: "webview/misused.ts", text: "export function start(each: () => void): void { each(); }\nstart(async () => {});", says: /Promise returned in function argument/ },
];

/** Files that the cases import. */
const neighbours = {
  "src/run/at.ts": "export const at = 1;",
  "src/globals.ts": "export const { Map } = globalThis;",
  "src/engine/tensor.ts": "export class Tensor {}\nexport const t = new Tensor();",
  "src/engine/ops/index.ts": "export const up = 1;",
  "src/engine/nn/linear.ts": "export class Linear {}",
  "src/engine/memory/linear.ts": "export const kernels = 1;",
  "src/engine/memory/residents.ts": "export const address = 1, tenure = 2;",
  "src/runner/main.ts": "export const main = 1;",
};

interface Complaint {
  readonly filename: string;
  readonly message: string;
}

/** What the linter says of the small house, by file. */
function complaints(): Map<string, string[]> {
  const folder = temporaryFolder("lint");
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const [file, text] of Object.entries(neighbours)) write(file, text);
  for (const { file, text } of cases) write(file, text);
  for (const own of ["tsconfig.json", ".oxlintrc.json"]) write(own, readFileSync(join(repository, own), "utf8"));
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  symlinkSync(join(repository, "scripts"), join(folder, "scripts"));
  const { stdout, stderr } = spawnSync(process.execPath, [join(repository, "node_modules/oxlint/bin/oxlint"), "--format", "json", "src", "webview"], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.ok(stdout.startsWith("{"), stdout + stderr);
  const found = new Map<string, string[]>();
  for (const { filename, message } of (JSON.parse(stdout) as { diagnostics: Complaint[] }).diagnostics)
    found.set(filename, [...(found.get(filename) ?? []), message]);
  return found;
}

describe("the linter", () => {
  let found: Map<string, string[]>;

  before(() => (found = complaints()));

  for (const { what, file, says } of cases) {
    it(`${says ? "refuses" : "takes"} ${what}`, () => {
      const said = (found.get(file) ?? []).join("\n");
      if (says) assert.match(said, says);
      else assert.equal(said, "");
    });
  }
});
