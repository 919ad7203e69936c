import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { Folder, inspect, run } from "./job.ts";

const broken = 'export {};\n  throw new Error("boom");\n';
const model = `import { nn, randn, type Tensor } from "kindling";
class Net extends nn.Module { a = new nn.Linear(2, 1); override forward(x: Tensor): Tensor { return this.a(x); } }
const net = new Net();
net(randn(4, 3));
`;

describe("a file is called what the user calls it", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const odd = [
    "modèle",
    "日本",
    "run (1)",
    "a[1]",
    "a{1}",
    "it's",
    'say "x"',
    "a#b",
    "a?b",
    "p%20q",
    "p%41",
    "100%",
    "a\\b",
    "a*b",
    "-a",
    "a\nb",
    "a\tb\u001b",
    "a:b",
    "`$x`",
    "kindling:0",
    "<a>&|;",
  ];
  for (const name of odd) {
    it(`with ${JSON.stringify(name)} in a folder, a file and an import`, async () => {
      const file = folder.write(`${name}/${name}.model.ts`, broken);
      const [problem] = (await run(file)).problems;
      assert.deepEqual(problem!.position, { file, line: 2, column: 9 });
      const syntax = folder.write(`${name}/syntax.model.ts`, "const a = ;\n");
      assert.deepEqual(
        (await inspect(syntax)).problems.map(({ code, position }) => [code, position]),
        [["syntax", { file: syntax, line: 1, column: 11 }]],
      );
    });
  }

  it("with odd letters in what it imports", async () => {
    const part = folder.write("sub ünï #1/a%20b.ts", 'export function h(): void { throw new Error("deep"); }\n');
    const file = folder.write("net.model.ts", 'import { h } from "./sub ünï #1/a%20b";\nh();\n');
    const job = await run(file);
    assert.deepEqual(
      job.problems[0]!.stack!.map(({ position }) => [position.file, position.line]),
      [
        [part, 1],
        [file, 2],
      ],
    );
    assert.deepEqual(job.events.find((event) => event.type === "files")!.files, [file, part]);
  });

  it("with as long a name as there is", async () => {
    const file = folder.write(`${"x".repeat(255 - ".model.ts".length)}.model.ts`, broken);
    assert.equal((await run(file)).problems[0]!.position!.file, file);
  });

  /** All files that the events name. */
  const named = (job: { events: readonly unknown[] }) =>
    new Set(
      JSON.stringify(job.events)
        .match(/"[^"]*\.ts"/g)!
        .map((text) => JSON.parse(text) as string),
    );

  it("through a linked folder, with what it imports from there", async () => {
    folder.write("real/net.model.ts", `import { part } from "./lib/part";\nimport "../real/other";\n${model}part();\n`);
    folder.write("real/lib/part.ts", "export function part(): void {}\n");
    folder.write("real/other.ts", "export {};\n");
    symlinkSync(join(folder.path, "real"), join(folder.path, "link"));
    const job = await inspect(join(folder.path, "link/net.model.ts"));
    assert.deepEqual(named(job), new Set(["link/net.model.ts", "link/lib/part.ts", "real/other.ts"].map((name) => join(folder.path, name))));
    assert.equal(job.problems[0]!.code, "shape");
  });

  it("through a linked file, whose imports are beside what it leads to", async () => {
    const real = folder.write("real/net.model.ts", `import "./part";\n${model}`);
    folder.write("real/part.ts", "console.log(import.meta.dirname, process.argv[1] === __filename);\n");
    const link = join(folder.path, "opened.model.ts");
    symlinkSync(real, link);
    const job = await run(link);
    assert.equal(job.problems[0]!.position!.file, link);
    assert.equal(job.stdout, `${dirname(real)} false\n`);
  });

  it("through a linked folder, where imports go by other names", async () => {
    folder.write("real/tsconfig.json", '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }');
    folder.write("real/package.json", '{ "imports": { "#part": "./lib/hash.ts" } }');
    for (const name of ["at", "hash", "glob"]) folder.write(`real/lib/${name}.ts`, `console.log("${name}");\n`);
    folder.write("real/net.model.ts", 'import "@/at";\nimport "#part";\nconst name = "glob";\nawait import(`./lib/${name}.ts`);\n');
    symlinkSync(join(folder.path, "real"), join(folder.path, "link"));
    const job = await inspect(join(folder.path, "link/net.model.ts"));
    assert.equal(job.stdout, "at\nhash\nglob\n");
    const files = job.events.find((event) => event.type === "files")!.files;
    assert.deepEqual(
      [...files].sort(),
      ["lib/at.ts", "lib/glob.ts", "lib/hash.ts", "net.model.ts"].map((name) => join(folder.path, "link", name)),
    );
  });

  it("where an import is a link, and where it is found twice", async () => {
    const real = folder.write("elsewhere/real.ts", 'console.log("once");\nexport function h(): void { throw new Error("deep"); }\n');
    symlinkSync(real, join(folder.path, "linked.ts"));
    const file = folder.write("net.model.ts", 'import { h } from "./linked";\nimport "./elsewhere/real";\nh();\n');
    const job = await run(file);
    assert.equal(job.stdout, "once\n");
    assert.equal(job.problems[0]!.position!.file, join(folder.path, "linked.ts"));
  });

  it("knows itself by the path that was opened", async () => {
    folder.write("real/net.model.ts", "console.log(__filename, process.argv[1] === __filename, import.meta.url.endsWith('link/net.model.ts'));\n");
    symlinkSync(join(folder.path, "real"), join(folder.path, "link"));
    assert.equal((await run(join(folder.path, "link/net.model.ts"))).stdout, `${join(folder.path, "link/net.model.ts")} true true\n`);
  });

  it("a missing import is told at the user's path", async () => {
    folder.write("re al#/net.model.ts", 'import "./gone";\n');
    symlinkSync(join(folder.path, "re al#"), join(folder.path, "li nk?"));
    const file = join(folder.path, "li nk?/net.model.ts");
    assert.deepEqual(
      (await run(file)).problems.map(({ code, position }) => [code, position]),
      [["import", { file, line: 1, column: 8 }]],
    );
  });

  it("a folder in a file's place is told", async () => {
    mkdirSync(join(folder.path, "net.model.ts"));
    assert.match((await run(join(folder.path, "net.model.ts"))).problems[0]!.message, /net\.model\.ts is a folder/);
  });
});
