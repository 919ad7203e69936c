import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasTypes, writeTypes } from "../../src/extension/typings/typesPackage.ts";

describe("types in the workspace", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "kindling-types-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  let types: string;
  beforeEach(() => {
    types = join(folder, "extension", "types");
    mkdirSync(types, { recursive: true });
    writeFileSync(join(types, "index.d.ts"), "export declare const answer: 42;\n");
  });

  it("are written where TypeScript looks for a package's", () => {
    const workspace = join(folder, "workspace");
    mkdirSync(join(workspace, "deep"), { recursive: true });
    assert.equal(hasTypes(join(workspace, "deep"), "1.0.0"), false);
    const written = writeTypes(workspace, types, "1.0.0");
    const manifest = JSON.parse(readFileSync(join(written, "package.json"), "utf8"));
    assert.ok(existsSync(join(written, manifest.exports["."].types)));
    assert.equal(hasTypes(join(workspace, "deep"), "1.0.0"), true);
  });

  it("of another version are out of date", () => {
    writeTypes(folder, types, "1.0.0");
    assert.equal(hasTypes(folder, "1.1.0"), false);
  });

  it("are written anew where their manifest is broken", () => {
    writeTypes(folder, types, "1.0.0");
    for (const broken of ["{ half a", "null", "", '"text"']) {
      writeFileSync(join(folder, "node_modules", "kindling", "package.json"), broken);
      assert.equal(hasTypes(folder, "1.0.0"), false, broken);
    }
    writeTypes(folder, types, "1.0.0");
    assert.equal(hasTypes(folder, "1.0.0"), true);
  });

  it("are not bothered by what else is broken in the folder", () => {
    writeFileSync(join(folder, "package.json"), "{ half a");
    writeFileSync(join(folder, "tsconfig.json"), "no json");
    assert.equal(hasTypes(folder, "1.0.0"), false);
    writeTypes(folder, types, "1.0.0");
    assert.equal(hasTypes(folder, "1.0.0"), true);
  });

  it("go nowhere out of the folder: a node_modules that is a link is left alone", () => {
    const elsewhere = join(folder, "elsewhere");
    const workspace = join(folder, "workspace");
    for (const one of [elsewhere, workspace]) mkdirSync(one);
    for (const target of [elsewhere, join(folder, "not there"), "../elsewhere"]) {
      symlinkSync(target, join(workspace, "node_modules"));
      assert.throws(() => writeTypes(workspace, types, "1.0.0"), /node_modules is not a folder of this workspace.*npm install/);
      assert.deepEqual(readdirSync(elsewhere), []);
      rmSync(join(workspace, "node_modules"));
    }
    writeFileSync(join(workspace, "node_modules"), "");
    assert.throws(() => writeTypes(workspace, types, "1.0.0"), /not a folder/);
  });

  it("take a broken link's place, and touch nothing that it leads to", () => {
    const linked = join(folder, "checkout");
    mkdirSync(linked);
    writeFileSync(join(linked, "package.json"), "{ being edited");
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(linked, join(folder, "node_modules", "kindling"));
    assert.equal(hasTypes(folder, "1.0.0"), false);
    writeTypes(folder, types, "1.0.0");
    assert.deepEqual(readdirSync(linked), ["package.json"]);
    assert.equal(hasTypes(folder, "1.0.0"), true);
  });

  it("come to a folder that was opened through a link", () => {
    const real = join(folder, "real");
    mkdirSync(real);
    symlinkSync(real, join(folder, "link"));
    writeTypes(join(folder, "link"), types, "1.0.0");
    assert.equal(hasTypes(real, "1.0.0"), true);
    writeTypes(join(folder, "link"), types, "1.1.0");
    assert.equal(hasTypes(real, "1.1.0"), true);
  });

  it("of a real installation are good as they are", () => {
    const installed = join(folder, "node_modules", "kindling");
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, "package.json"), '{ "name": "kindling", "version": "0.0.1" }');
    assert.equal(hasTypes(folder, "1.1.0"), true);
  });

  for (const kind of ["module", "commonjs"]) {
    it(`are found by TypeScript 7 in a project of type ${kind}`, function () {
      const built = join(import.meta.dirname, "..", "..", "dist", "types");
      // They come with a whole build, which the quick ones leave out.
      if (!existsSync(built)) this.skip();
      writeFileSync(join(folder, "package.json"), JSON.stringify({ type: kind }));
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({ compilerOptions: { module: "nodenext", noEmit: true, skipLibCheck: true }, files: ["net.model.ts"] }),
      );
      writeFileSync(
        join(folder, "net.model.ts"),
        'import { nn } from "kindling";\nexport class Net extends nn.Module {\n  override train(): this {\n    return this;\n  }\n}\n',
      );
      const tsc = join(import.meta.dirname, "..", "..", "node_modules", "typescript", "bin", "tsc");
      const check = (): string => spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" }).stdout;
      assert.match(check(), /error TS2307: Cannot find module 'kindling'/);
      writeTypes(folder, built, "1.0.0");
      assert.equal(check(), "");
    });
  }
});
