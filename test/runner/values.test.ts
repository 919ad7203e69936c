import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect as inspectValue } from "node:util";
import { parse } from "acorn";
import { transform } from "esbuild";
import { bundle } from "../../src/runner/bundle.ts";
import { insertHooks } from "../../src/runner/insertHooks.ts";
import type { SeenValue } from "../../src/protocol/index.ts";
import { Folder, inspect, run } from "./job.ts";

describe("tensors in the program's lines", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  async function seen(text: string, name = "net.model.ts"): Promise<readonly SeenValue[]> {
    const job = await inspect(folder.write(name, text));
    assert.deepEqual(
      job.problems.filter(({ severity }) => severity === "error"),
      [],
    );
    return job.events.flatMap((event) => (event.type === "values" ? event.values : []));
  }

  const shapes = ({ shapes: all }: SeenValue): string =>
    all.map(({ tensors, isBatch }) => `${isBatch ? "B" : ""}${tensors.map((shape) => `[${shape.join()}]`).join("+")}`).join(" · ");

  /** What the user's text has at each place, with its shapes; in the order of the text. */
  function told(values: readonly SeenValue[], text: string): string[] {
    const lines = text.split("\n");
    return values
      .toSorted((a, b) => a.position.line - b.position.line || a.position.column - b.position.column || b.end.column - a.end.column)
      .map((value) => {
        const { position, end } = value;
        const inText =
          position.line === end.line
            ? lines[position.line - 1]!.slice(position.column - 1, end.column - 1)
            : `${lines[position.line - 1]!.slice(position.column - 1)}⏎${lines[end.line - 1]!.slice(0, end.column - 1).trim()}`;
        return `${value.kind} ${inText} ${shapes(value)}`;
      });
  }

  const start = 'import { nn, randn, relu, cat, data, optim, zeros, tensor, noGrad, Tensor } from "kindling";\n';

  /** The line under test stands behind `start`; what it tells, in the order of the text. */
  const forms: readonly [text: string, ...told: string[]][] = [
    ["const x: Tensor = randn(2, 12).view(-1, 3).relu();", "variable x [8,3]"],
    ["let x = randn(2, 3)!, y = (x as Tensor).t();", "variable x [2,3]", "variable y [3,2]"],
    ["const [a, b] = randn(4, 6).split(3, 1) as Tensor[];", "variable a [4,3]", "variable b [4,3]"],
    ["const { h: [c], ...others } = { h: [randn(5)], k: 1 };", "variable c [5]"],
    ["let p, q; [p, q] = [randn(2), randn(3)];", "variable p [2]", "variable q [3]"],
    ["const t = Math.random() < 2 ? randn(2, 2) : zeros(1);", "variable t [2,2]"],
    ["const f = (v: Tensor): Tensor => v.mul(2).t();\nf(randn(2, 3));", "result v.mul(2).t() [3,2]", "argument randn(2, 3) [2,3]"],
    ["const later = async (): Promise<Tensor> => randn(7);\nconst w = await later();", "result randn(7) [7]", "variable w [7]"],
    ["const o: { x?: Tensor } = { x: randn(2) };\nconst v = o?.x?.add(1);", "variable v [2]"],
    ["const s = `${relu(randn(3)).shape}`;", "argument randn(3) [3]"],
    ["function* g(): Generator<Tensor> { const m = randn(9); yield m; }\nfor (const m of g()) { m.sum(); }", "variable m [9]", "loop m [9]"],
    ["const x = cat([\n  randn(2, 3), // one\n  randn(4, 3) /* two */,\n], 0);", "variable x [6,3]", "argument [⏎] [2,3]+[4,3]"],
    [
      "let h = zeros(2, 2); for (let i = 0; i < 3; i++) h = cat([h, h]);",
      "variable h [2,2]",
      "variable h [4,2] · [8,2] · [16,2]",
      "argument [h, h] [2,2]+[2,2] · [4,2]+[4,2] · [8,2]+[8,2]",
    ],
    [
      "class K { w; #p; constructor() { this.w = randn(3); this.#p = this.w.t(); } get p(): Tensor { return this.#p; } }\nnew K().p;",
      "variable this.w [3]",
      "variable this.#p [3]",
      "result this.#p [3]",
    ],
    ["const é = randn(2), 变 = é.t(), x𝒳 = 1, after = randn(4);", "variable é [2]", "variable 变 [2]", "variable after [4]"],
    [
      "const all = [randn(2, 2)], sum = (a: Tensor | null) => a && (all[0] ?? a);\nrelu((all[0] as Tensor).t()); sum(all[0]!);",
      "variable all [2,2]",
      "result a && (all[0] ?? a) [2,2]",
      "argument (all[0] as Tensor).t() [2,2]",
      "argument all[0] [2,2]",
    ],
    ["const u = (0, randn)(5) satisfies Tensor;", "variable u [5]"],
    ["let n: Tensor | null = null; n ??= randn(2); const k = n || zeros(1);", "variable k [2]"],
    ["if (true) { const r = randn(6); } else { const r = zeros(1); }", "variable r [6]"],
    ["switch (1) { case 1: const [z] = [randn(3)]; }", "variable z [3]"],
    [
      "const first = ([a]: Tensor[], { b } = { b: randn(2) }) => { return a!.add(b); };\nfirst([randn(2)]);",
      "parameter a [2]",
      "parameter b [2]",
      "result a!.add(b) [2]",
      "argument b [2]",
      "argument [randn(2)] [2]",
    ],
  ];
  for (const [text, ...expected] of forms) {
    it(`stand exactly where the user wrote them: ${text.split("\n").join("⏎")}`, async () => {
      const whole = start + text;
      assert.deepEqual(told(await seen(whole), whole), expected);
    });
  }

  it("stand where they are in a text without line breaks", async () => {
    const text =
      'import{nn,randn}from"kindling";class N extends nn.Module{l=new nn.Linear(3,4);forward(x){const h=this.l(x);return h.relu()}}const n=new N;const y=n(randn(2,3));';
    assert.deepEqual(told(await seen(text), text), [
      "parameter x [2,3]",
      "variable h [2,4]",
      "argument x [2,3]",
      "result h.relu() [2,4]",
      "variable y [2,4]",
      "argument randn(2,3) [2,3]",
    ]);
  });

  it("stand where they are below decorators, and in files that the model imports", async () => {
    folder.write(
      "block.ts",
      'import { nn, type Tensor } from "kindling";\nconst same = <T>(value: T, _: unknown): T => value;\nexport class Block extends nn.Module {\n  fc = new nn.Linear(3, 5);\n  @same\n  override forward(input: Tensor): Tensor {\n    const out = this.fc(input);\n    return out.t();\n  }\n}\n',
    );
    const values = await seen('import { randn } from "kindling";\nimport { Block } from "./block.ts";\nconst y = new Block()(randn(2, 3));\n');
    const inBlock = values
      .filter(({ position }) => position.file.endsWith("block.ts"))
      .map((value) => `${value.position.line}:${value.position.column} ${value.text} ${shapes(value)}`);
    assert.deepEqual(inBlock, ["6:20 input [2,3]", "7:11 out [2,5]", "7:25 input [2,3]", "8:12 out.t() [5,2]"]);
  });

  const loop = (body: string, size = 8, count = 20): string =>
    `${start}const set = new data.TensorDataset(randn(${count}, 3), randn(${count}, 1));
const loader = new data.DataLoader(set, { batchSize: ${size} });
const model = new nn.Linear(3, ${size});
const opt = new optim.SGD(model.parameters(), { lr: 0.1 });
${body}`;

  it("stand where they are in as much TypeScript as this extension itself is, and what tells them is JavaScript", async () => {
    const root = fileURLToPath(new URL("../../src", import.meta.url));
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".ts") && !/assembly|engine.api|generated/.test(name),
    );
    let places = 0;
    for (const name of files.filter((_, i) => i % 3 === 0)) {
      const source = readFileSync(join(root, name), "utf8");
      const { code, map } = await transform(source, { loader: "ts", target: "es2022", sourcemap: "external", sourcesContent: false, sourcefile: name });
      const hooked = insertHooks(name, source, code, map, { class: 0, loop: 0, tellingCall: 0, value: 0 });
      parse(hooked.code, { ecmaVersion: "latest", sourceType: "module" });
      const lines = source.split("\n");
      for (const { position, end } of hooked.values) {
        places++;
        const text = position.line === end.line ? lines[position.line - 1]!.slice(position.column - 1, end.column - 1) : "()";
        const isPlain = !/["'`/]/.test(text);
        if (isPlain) assert.equal(text.split("(").length, text.split(")").length, `${name}:${position.line}: ${text}`);
        if (isPlain && position.line === end.line) assert.doesNotMatch(text, /^\s|[\s,;:=]$/, `${name}:${position.line}`);
      }
    }
    assert.ok(places > 3_000);
  });

  it("are called by the batch where they come of one, and nowhere else", async () => {
    const text = loop(`for (const [x, y] of loader) {
  const h = model(x);
  const w = model.weight;
  const other = randn(8, 2);
  const loss = h.sub(y).square().mean();
  loss.backward();
  opt.step();
}`);
    const values = new Map((await seen(text)).filter(({ kind }) => kind !== "argument").map((value) => [value.text, shapes(value)]));
    assert.deepEqual(Object.fromEntries(values), { x: "B[8,3]", y: "B[8,1]", h: "B[8,8]", w: "[8,3]", other: "[8,2]", loss: "[]" });
  });

  it("of batches of several sizes have them all", async () => {
    const text = loop("for (const [x] of loader) {\n  const h = model(x);\n}");
    const h = (await seen(text)).find((value) => value.text === "h");
    assert.equal(h && shapes(h), "B[8,8] · B[4,8]");
  });

  it("of batches in objects, and of batches that were all there before the loop, are known as such", async () => {
    const whole = loop(
      "for (const batch of loader) {\n  const x = batch[0]!;\n  const h = model(x);\n}\nfor (const [i, [x]] of [...loader].entries()) {\n  const g = model(x!);\n}",
    );
    const found = new Map((await seen(whole)).map((value) => [value.text, shapes(value)]));
    assert.deepEqual([found.get("h"), found.get("g")], ["B[8,8] · B[4,8]", "B[8,8] · B[4,8]"]);
  });

  it("are known where their names are read", async () => {
    const text = `${start}let x = randn(2, 3);\nconst y = x.t();\nx = x.add(1).mul(y.t());\nx.sum();`;
    const uses = (await seen(text))
      .filter(({ kind }) => kind === "variable")
      .map((value) => `${value.text} ${value.position.line}: ${(value.uses ?? []).map(({ line, column }) => `${line}:${column}`).join(" ")}`);
    assert.deepEqual(uses, ["x 2: 3:11 4:5", "y 3: 4:18", "x 4: 5:1"]);
  });

  it("are new where a shape changes, and not where it stays", async () => {
    const text = `${start}class Net extends nn.Module {
  a = new nn.Linear(3, 6); b = new nn.Linear(6, 3);
  override forward(x: Tensor): Tensor {
    let h = this.a(x);
    h = relu(h);
    const same = h.add(1);
    h = this.b(same);
    return h.mul(x);
  }
}
const y = new Net()(randn(2, 3));`;
    const news = (await seen(text))
      .filter(({ isNews, kind }) => isNews && kind !== "argument")
      .map(({ kind, text: name, position }) => `${position.line} ${kind} ${name}`);
    assert.deepEqual(news.toSorted(), ["12 variable y", "4 parameter x", "5 variable h", "8 variable h"]);
  });

  it("are told with what is in them", async () => {
    const text = `${start}const x = tensor([0, 1, 2, -1, 0, 4], { requiresGrad: true });\nconst y = tensor([1, 2], { dtype: "int32" });`;
    const [x, y] = await seen(text);
    assert.equal(x!.tensor!.requiresGrad, true);
    assert.equal(x!.tensor!.dtype, "float32");
    assert.equal(y!.tensor!.dtype, "int32");
    const { mean, std, min, max, zeroFraction, nonFinite, histogram } = x!.tensor!.measured!;
    // torch.tensor([0, 1, 2, -1, 0, 4.]).std()
    assert.deepEqual([mean, Number(std.toFixed(4)), min, max, zeroFraction, nonFinite], [1, 1.7889, -1, 4, 2 / 6, 0]);
    assert.deepEqual([histogram.low, histogram.high, histogram.counts.reduce((sum, count) => sum + count)], [-1, 4, 4]);
  });

  it("lead to the module that gave them, else to the one around", async () => {
    const text = `${start}class Net extends nn.Module {
  fc = new nn.Linear(3, 6);
  override forward(x: Tensor): Tensor { const h = this.fc(x); const g = h.relu(); return g; }
}
const net = new Net(); net(randn(2, 3));`;
    const values = await seen(text);
    const idOf = (name: string): unknown => values.find((value) => value.text === name && value.kind === "variable")?.module;
    assert.deepEqual(
      [idOf("h"), idOf("g")],
      [
        { model: 0, id: 1 },
        { model: 0, id: 0 },
      ],
    );
  });

  it("are not told by a training", async () => {
    const job = await run(folder.write("net.model.ts", `${start}const x = randn(2);`));
    assert.equal(
      job.events.some(({ type }) => type === "values"),
      false,
    );
  });

  it("are told up to the line that fails", async () => {
    const job = await inspect(folder.write("net.model.ts", `${start}const x = randn(2, 3);\nconst y = x.t();\nx.matmul(x);`));
    const values = job.events.flatMap((event) => (event.type === "values" ? event.values : []));
    assert.deepEqual(
      values.filter(({ kind }) => kind === "variable").map((value) => `${value.text} ${shapes(value)}`),
      ["x [2,3]", "y [3,2]"],
    );
  });

  describe("that are told change nothing about a program:", () => {
    /** Each is a module whose default export says what happened. */
    const programs: readonly string[] = [
      // Names of functions and classes.
      "const f = () => 1; const r = f(); const g = function () {}; let k; k = () => 2; const C = class {}; const o = { m() {}, a: () => 3 }; export default [f.name, g.name, k.name, C.name, r, o.a.name, (() => {}).name];",
      // Order of evaluation.
      "const log: string[] = []; const n = (s: string): any => (log.push(s), { [s]: n, m: (...a: any[]) => log.push('m' + a.length) }); n('a').m(n('b'), ...[n('c'), n('d')], n('e')); const [x = n('f'), y = n('g')]: any[] = [n('h')]; let z; z = n('i')['i'](n('j')); export default log;",
      // Errors say the same.
      "const m: string[] = []; const say = (t: () => unknown) => { try { t(); } catch (e) { m.push(String(e)); } }; const u: any = undefined; const o: any = {}; const id = (x: any) => x; say(() => id(o).nope()); say(() => o.nope(id(1))); say(() => { const { a } = id(u); return a; }); say(() => { const [b] = id(o); return b; }); say(() => { for (const q of id(o)) id(q); }); say(() => id(...id(o))); say(() => new (id(o))()); say(() => { const r = u.x.y; return r; }); say(() => { const s = later; const later = 1; return s; }); say(() => { const t = o.f(u); return t; }); say(() => id(id(u)(1))); export default m;",
      // Generators, async order, labels, optional calls, getters, spread, tagged templates, commas.
      "const l: unknown[] = []; function* g(): any { const a = yield 1; l.push(a); return yield* [2, a]; } const it = g(); l.push(it.next(), it.next('x'), it.next(), it.next()); const tag = (s: any, ...v: any[]) => s.raw.join('|') + v; const c = tag`a${l.length}b${tag`z`}`; const q = (1, l.length, c); const o: any = { get p() { return l.push('get'); } }; const r = o.p ?? 1; const s = o.none?.(l.push('never')); const w = await (async () => { const v = await Promise.resolve(3); return v; })(); let a, b; a = b = o.p; outer: for (const x of [1, 2]) { for (const y of [x, 3]) { if (y === 3) continue outer; l.push(y); } } export default [l, c, q, r, s, w, a, b];",
      // Default parameters, this, super, arguments, new.target, closures, sloppy bodies.
      "class A { v; constructor(v: any) { this.v = v; } m(x: any, y = x) { return [x, y, arguments.length, this.v]; } } class B extends A { t; constructor(public q: any, w = q) { super(w); this.t = new.target === B; } override m(x: any) { const r = super.m(x); return [r, this.q, this.t] as any; } static s = ((z) => [z, this.name])(4); } const b = new B(1); if (b) var [h] = [b.m(2)]; else h = 3 as any; const fs = []; for (const i of [1, 2]) fs.push(() => i); do { var k = fs.map((f) => f()); } while (false); export default [b, h, B.s, k];",
      "let x: any, y: any; if (1 > 2) [x, y] = [1, 2]; else [x, y] = [3, 4]; for (const k in { a: 1 }) [x] = [k]; for (const v of [5, 6]) y = v; const e = (z = 3) => z; const f = (x: any) => ({ x }); export default [x, y, e(undefined), f(7), typeof undefinedName, delete (f as any).q, (() => { return; })(), (() => { return 1, 2; })()];",
    ];
    for (const program of programs) {
      it(`${program.slice(0, 70)}…`, async () => {
        const file = folder.write("form.ts", program);
        const evaluate = async (tellsValues: boolean): Promise<unknown> => {
          const { code, declarations } = await bundle(file, "file:///engine.js", { tellsValues });
          const hooked = code.replace(
            /globalThis\[Symbol\.for\("kindling\.program"\)\]/,
            "({begun(){},declared:(c)=>c,loop(){},turn(){},left(){},value:(v)=>v})",
          );
          if (tellsValues) assert.ok(declarations.values.length > 0 && hooked.includes(".value("));
          return inspectValue(((await import(`data:text/javascript,${encodeURIComponent(hooked)}#${String(tellsValues)}`)) as { default: unknown }).default, {
            depth: 9,
          });
        };
        assert.deepEqual(await evaluate(true), await evaluate(false));
      });
    }
  });

  it("that are told aren't looked at where that would run the program's own code", async () => {
    const text = `${start}const log: string[] = [];
const trap = (name: string) => (...values: unknown[]) => (log.push(name), (Reflect as any)[name](...values));
const proxy = new Proxy([randn(2)], { get: trap("get"), getPrototypeOf: trap("getPrototypeOf"), has: trap("has"), ownKeys: trap("ownKeys") });
const same = (value: unknown): unknown => value;
const kept = same(proxy);
for (const held of [proxy]) same(held);
console.log(log.length);`;
    const job = await inspect(folder.write("net.model.ts", text));
    assert.equal(job.stdout, "0\n");
  });

  it("that are told leave the training's first loss as it is", async () => {
    const text = loop(
      "let at = 0;\nfor (const [x, y] of loader) {\n  const loss = model(x).sub(y).square().mean();\n  console.log(loss.item());\n  loss.backward();\n  opt.step();\n  if (++at === 1) break;\n}",
    )
      .replace("const set", "manualSeed(1);\nconst set")
      .replace("{ nn,", "{ manualSeed, nn,");
    const file = folder.write("net.model.ts", text);
    const [trained, inspected] = [await run(file), await inspect(file)];
    assert.match(trained.stdout, /^\d/);
    assert.equal(inspected.stdout, trained.stdout);
  });
});
