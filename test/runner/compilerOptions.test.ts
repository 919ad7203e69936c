import assert from "node:assert/strict";
import { decoratorOptions } from "../../src/runner/compilerOptions.ts";
import { Folder, run } from "./job.ts";

const program = `function reg(_target: any, key: any): void { console.log(typeof key, String(key)); }
class Config { @reg lr = 0.1; }
console.log(new Config().lr);
`;
const older = '{ "compilerOptions": { "experimentalDecorators": true } }';

describe("the folder's tsconfig", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const options = (configs: Record<string, string>, file = "net.model.ts") => {
    for (const [name, text] of Object.entries(configs)) folder.write(name, text);
    return decoratorOptions(`${folder.path}/${file}`);
  };

  it("chooses the decorators", async () => {
    const file = folder.write("net.model.ts", program);
    assert.equal((await run(file)).stdout, "object [object Object]\n0.1\n");
    folder.write("tsconfig.json", older);
    const job = await run(file);
    assert.deepEqual([job.stdout, job.problems.map(({ code }) => code)], ["string lr\n0.1\n", ["noModel"]]);
  });

  it("is heard where it asks for metadata, which there is not", async () => {
    folder.write("tsconfig.json", '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }');
    const job = await run(folder.write("net.model.ts", program));
    assert.deepEqual(
      job.problems.map(({ code, severity }) => [code, severity]),
      [
        ["decorators", "warning"],
        ["noModel", "information"],
      ],
    );
    assert.match(job.problems[0]!.message, /emitDecoratorMetadata/);
    assert.deepEqual((await run(folder.write("plain.model.ts", "console.log('@')"))).problems.length, 1);
  });

  it("may have comments, trailing commas and a byte order mark, and lie above", () => {
    const text = '\uFEFF// ours\n{ /* old */ "compilerOptions": { "experimentalDecorators": true, }, }\n';
    assert.deepEqual(options({ "tsconfig.json": text }, "deep/er/net.model.ts"), { experimentalDecorators: true });
  });

  it("extends others: one, several, packages, and none in a circle", () => {
    assert.deepEqual(options({ "tsconfig.json": '{ "extends": "./base" }', "base.json": older }), { experimentalDecorators: true });
    assert.deepEqual(
      options({
        "tsconfig.json": '{ "extends": ["./base.json", "./other.json"] }',
        "other.json": '{ "compilerOptions": { "experimentalDecorators": false } }',
      }),
      { experimentalDecorators: false },
    );
    assert.deepEqual(options({ "tsconfig.json": '{ "extends": "./base", "compilerOptions": { "experimentalDecorators": false } }' }), {
      experimentalDecorators: false,
    });
    assert.deepEqual(
      options({
        "tsconfig.json": '{ "extends": "@us/config" }',
        "node_modules/@us/config/package.json": '{ "name": "@us/config" }',
        "node_modules/@us/config/tsconfig.json": older,
      }),
      { experimentalDecorators: true },
    );
    assert.deepEqual(options({ "tsconfig.json": '{ "extends": "@us/config/tsconfig.json" }' }), { experimentalDecorators: true });
    assert.deepEqual(
      options({
        "tsconfig.json": '{ "extends": "./loop" }',
        "loop.json": '{ "extends": "./tsconfig.json", "compilerOptions": { "experimentalDecorators": true } }',
      }),
      { experimentalDecorators: true },
    );
  });

  it("may be broken or missing", () => {
    for (const text of ["{", "", "[]", "null", "process.exit(1)", '{ "extends": "./gone", "compilerOptions": 3 }'])
      assert.deepEqual(options({ "tsconfig.json": text }), {});
  });
});
