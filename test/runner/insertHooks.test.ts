import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, BundleError } from "../../src/runner/bundle.ts";
import { bundlingProblem } from "../../src/runner/problems.ts";
import { SourceMap } from "../../src/runner/sourceMap.ts";

describe("a bundled file", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "kindling-bundle-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  const make = (text: string) => bundle(write("net.model.ts", text), "file:///engine.js");

  /** Where the bundled text says `wanted`, in the user's own file. */
  async function originalOf(text: string, wanted: string) {
    const { code, map } = await make(text);
    const lines = code.split("\n");
    const line = lines.findIndex((candidate) => candidate.includes(wanted));
    return new SourceMap("program", map).locate(line + 1, lines[line]!.indexOf(wanted) + 1);
  }

  it("takes the engine in place of kindling", async () => {
    const { code } = await make('import { nn } from "kindling";\nexport const x = nn;');
    assert.match(code, /from "file:\/\/\/engine\.js"/);
  });

  it("defines nothing for a bare field declaration", async () => {
    const { code } = await make(
      'import { nn } from "kindling";\nexport class Net extends nn.Module {\n  fc: nn.Linear;\n  constructor() { super(); this.fc = new nn.Linear(1, 2); }\n}',
    );
    assert.doesNotMatch(code, /^\s*fc;/m);
  });

  it("knows each class, its place and what its constructor needs", async () => {
    const { declarations } = await make(
      [
        'import { nn } from "kindling";',
        "class A extends nn.Module {}",
        "  export class B extends nn.Module { constructor(private readonly width: number, depth?: number, rate = 0.5, ...rest: number[]) { super(); } }",
        "const C = class extends A {};",
        "class Plain {}",
        "export { A, C, Plain };",
      ].join("\n"),
    );
    assert.deepEqual(
      declarations.classes.map(({ name, position, parameters }) => ({ name, at: [position.line, position.column], parameters })),
      [
        { name: "A", at: [2, 1], parameters: null },
        {
          name: "B",
          at: [3, 10],
          parameters: [
            { name: "width", required: true },
            { name: "depth", required: false },
            { name: "rate", required: false },
            { name: "rest", required: false },
          ],
        },
        { name: "C", at: [4, 11], parameters: null },
      ],
    );
  });

  it("leaves a class its name, where it speaks of itself, too", async () => {
    const { code } = await make("class Box { static unit() { return new Box(); } }\nconsole.log(Box.unit());");
    assert.match(code, /class _Box/);
    assert.match(code, /Object\.defineProperty\(\w+, "name", \{ value: "Box"/);
  });

  it("knows which variables hold what is constructed", async () => {
    const { declarations } = await make(
      'import { nn } from "kindling";\nconst model = new nn.Linear(1, 2).eval();\nlet other = build();\nother = new nn.Linear(3, 4);\nconst both = [new nn.ReLU(), { head: new nn.ReLU() }];\nfunction build(): nn.Linear { return new nn.Linear(1, 1); }\nconsole.log(model, other, both);',
    );
    const names = declarations.variables.map(({ name, position, assigned }) => `${name} ${position.line}:${position.column} ${assigned}`);
    assert.deepEqual(names, ["model 2:35 false", "model 2:15 false", "other 3:13 false", "other 4:9 true", "both[0] 5:15 false", "both[1].head 5:38 false"]);
  });

  it("leads back to the user's own lines behind what was inserted", async () => {
    const text =
      'import { nn } from "kindling";\nconst x = [class A extends nn.Module {}, marker()];\nfunction marker(): unknown { return boom(x); }\ndeclare function boom(x: unknown): never;';
    assert.deepEqual(await originalOf(text, "boom("), { file: join(folder, "net.model.ts"), line: 3, column: 37 });
    assert.deepEqual(await originalOf(text, "marker()]"), { file: join(folder, "net.model.ts"), line: 2, column: 42 });
  });

  it("follows a loop over epochs, not every loop", async () => {
    const { code } = await make(
      "declare const loader: number[]; declare const optimizer: { step(): void };\nconst n = 7;\nfor (let epoch = 0; epoch < n; epoch++) { for (let i = 0; i < 3; i++) console.log(i); }\nfor (let i = 0; i < 5; i++) { for (const x of loader) { optimizer.step(); } }\nfor (let k = 0; k < 5; k++) { console.log(k); }",
    );
    assert.deepEqual(
      [...code.matchAll(/\.loop\((.*?)\)/g)].map(([, args]) => args),
      ["epoch, 0, n, 0", "i, 0, 5, 1"],
    );
  });

  it("marks the loops that train, with how many turns there will be and whether they may end before", async () => {
    const { code } = await make(
      `declare const model: { backward(): void }; declare const list: number[]; declare const test: (x: number) => void;
      const n = 7;
      function train(): void { model.backward(); }
      for (let i = 2; i <= n; i += 2) train();
      for (let i = 0; i < list.length; i++) { train(); if (i > 3) break; }
      for (let i = 0; i < 5; i++) { for (const x of list) { if (x) break; } train(); }
      for (const x of list) { test(x); model.backward(); }
      while (list.length) { const self = () => { return 1; }; train(); }
      for (let i = 0; i < n; i++) { const n = 3; train(); test(n); }
      for (let i = 0; i < n; i++) test(i);`,
    );
    assert.deepEqual(
      [...code.matchAll(/\.turn\((.*?)\);/g)].map(([, args]) => args!.replaceAll(" ", "")),
      ["0,false,(i-2)/2,Math.ceil((n+1-2)/2)", "1,true,i-0,list.length-0", "2,false,i-0,5-0", "3,false", "4,false", "5,false,i-0,n-0"],
    );
    assert.match(code, /const n2 = 3;/);
    assert.equal([...code.matchAll(/\.left\(/g)].length, 6);
  });

  it("changes nothing about what loops do, wherever they stand", async () => {
    const text = `const seen: string[] = [];
      const tensor = { backward: (x: string) => { seen.push(x); } };
      if (seen.length === 0) for (const a of [1, 2]) for (let b = 0; b < 2; b++) tensor.backward(\`if \${a}\${b}\`); else seen.push("never");
      outer: for (let a = 0; a < 3; a++) { for (let b = 0; ; b++) { if (b === 2) continue outer; if (a === 2) break outer; tensor.backward(\`label \${a}\${b}\`); } }
      let c = 0;
      do tensor.backward(\`do \${c}\`); while (++c < 2);
      switch (c) { case 2: while (c-- > 0) tensor.backward(\`case \${c}\`); default: seen.push("through"); }
      for (const key in { k: 1 }) tensor.backward(\`in \${key}\`);
      for (let i = 0, n = 2; i < n; i++) { const fs = [() => i]; tensor.backward(\`closure \${fs[0]!()}\`); }
      label: if (c < 0) { for (;;) { tensor.backward("once"); break label; } }
      export default seen;`;
    const { code } = await make(text);
    const { default: seen } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { default: string[] };
    assert.deepEqual(seen, [
      "if 10",
      "if 11",
      "if 20",
      "if 21",
      "label 00",
      "label 01",
      "label 10",
      "label 11",
      "do 0",
      "do 1",
      "case 1",
      "case 0",
      "through",
      "in k",
      "closure 0",
      "closure 1",
      "once",
    ]);
  });

  it("means the user's own file by import.meta and __dirname, in imported files too", async () => {
    write("part.ts", "export const place = [__filename, import.meta.url];");
    const { code, files } = await make('import { place } from "./part";\nconsole.log(place, __dirname);');
    assert.ok(code.includes(JSON.stringify(join(folder, "part.ts"))));
    assert.ok(code.includes(`file://${folder}/part.ts`));
    assert.ok(code.includes(JSON.stringify(folder)));
    assert.deepEqual([...files].sort(), [join(folder, "net.model.ts"), join(folder, "part.ts")]);
  });

  async function problemsOf(text: string) {
    const error = await make(text).then(
      () => assert.fail("it was bundled"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof BundleError);
    return error.messages.map((message) => bundlingProblem(message, join(folder, "net.model.ts")));
  }

  it("says where a syntax error is", async () => {
    const [problem] = await problemsOf("const a = 1;\nconst é = , 2;\n");
    assert.equal(problem!.code, "syntax");
    assert.deepEqual(problem!.position, { file: join(folder, "net.model.ts"), line: 2, column: 11 });
    assert.match(problem!.message, /Unexpected ","/);
  });

  it("says which import is missing and what to do about it", async () => {
    const [first, second] = await problemsOf('import a from "./nowhere";\nimport b from "left-out/part";\nconsole.log(a, b);\n');
    assert.deepEqual([first!.code, first!.position!.line], ["import", 1]);
    assert.match(first!.message, /There is no file `\.\/nowhere`/);
    assert.match(second!.message, /npm install left-out/);
    assert.deepEqual(second!.end, { line: 2, column: 30 });
  });

  it("says which name a file does not export", async () => {
    write("part.ts", "export const one = 1;");
    const [problem] = await problemsOf('import { two } from "./part";\nconsole.log(two);');
    assert.equal(problem!.code, "import");
    assert.match(problem!.message, /`part\.ts` exports no `two`/);
  });
});
