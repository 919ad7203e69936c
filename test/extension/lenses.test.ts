import assert from "node:assert/strict";
import { lenses, type LensInput } from "../../src/extension/lenses/lenses.ts";
import { blank, scan, type Site } from "../../src/extension/lenses/scanner.ts";
import type { FileRuns } from "../../src/extension/runs/fileRuns.ts";
import { Series } from "../../src/run/series.ts";
import { emptySnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";
import { built, counts, file, fileRuns, model, module } from "./samples.ts";

const names = (sites: readonly Site[]): string[] => sites.map(({ kind, name, line }) => `${kind} ${name} ${line}`);

describe("finding models in a file's text", () => {
  it("finds classes that extend nn.Module, and variables that hold one", () => {
    const text = `import { nn } from "kindling";
export class Net extends nn.Module<[x: Tensor, deep?: boolean]> {
}
class Deep<T = { a: 1 }> extends Net {}
export default abstract class Base extends torch.nn.Module {}
const model = new Net(20, 3);
let other: Net = new Deep<number>();
const stack = new nn.Sequential(
  new nn.Linear(1, 2),
);`;
    assert.deepEqual(names(scan(text).sites), ["class Net 2", "class Deep 4", "class Base 5", "instance model 6", "instance other 7", "instance stack 8"]);
  });

  it("leaves to a run what the text can't tell: bases and classes of other files, single layers", () => {
    const text = `import { Base } from "./base.ts";\nclass Net extends Base {}\nconst net = new Net();\nconst fc = new nn.Linear(1, 2);`;
    assert.deepEqual(scan(text).sites, []);
    assert.deepEqual(names(scan(text).candidates), ["class Net 2", "instance net 3", "instance fc 4"]);
  });

  it("takes classes that have nothing to do with modules for what they are", () => {
    assert.deepEqual(scan("class Data extends data.Dataset {}\nclass Own {}\nconst own = new Own();").sites, []);
  });

  it("is not misled by comments, strings, templates and regular expressions", () => {
    const text = [
      "// class A extends nn.Module {}",
      "/* class B extends nn.Module {} */",
      "\"class C extends nn.Module {}\"; 'class D extends nn.Module';",
      "`class E extends nn.Module ${ { a: `}` } } class F extends nn.Module`;",
      "const r = /class G extends nn.Module['\"`]/; const half = a / 2; class H extends nn.Module {} // x / y",
    ].join("\n");
    assert.deepEqual(names(scan(text).sites), ["class H 5"]);
  });

  it("keeps every character's place when it blanks text out", () => {
    const text = "a // b\n`c ${d + `e`} f` / g / 'h\\'i' j";
    assert.equal(blank(text), 'a     \n     d +   "   " / g /      " j');
  });

  it("finds the same places while somebody types and the file doesn't parse", () => {
    assert.deepEqual(names(scan('class Net extends nn.Module {\n  layer = new nn.Lin(\n  text = "\n}\nconst m = new Net(').sites), [
      "class Net 1",
      "instance m 5",
    ]);
  });
});

describe("lenses", () => {
  const text = "class Net extends nn.Module {}\nclass Head extends nn.Module {}\nconst model = new Net();";
  const input = (runs: readonly FileRuns[], more: Partial<LensInput> = {}): LensInput => ({
    file,
    scan: scan(text),
    runs,
    isModelFile: true,
    isTrusted: true,
    isUnsaved: () => false,
    ...more,
  });
  const shown = (value: LensInput): string[] => lenses(value).map(({ line, items }) => `${line}: ${items.map(({ title }) => title).join(" | ")}`);
  const root = module(0, null, "model", {
    type: "Net",
    counts: counts(5000, 955),
    constructedAt: { file, line: 3, column: 15 },
  });

  it("offer Train and Inspect before anything has run", () => {
    assert.deepEqual(shown(input([])), ["1: ▶ Train | Inspect", "2: ▶ Train | Inspect", "3: ▶ Train | Inspect"]);
  });

  it("say that the first inspection is counting", () => {
    const inspect = { ...emptySnapshot({ runId: "1", file, mode: "inspect", startedAt: 0 }), state: "running" as const };
    assert.equal(shown(input([{ file, problems: [], inspect }]))[0], "1: counting… | ▶ Train | Inspect");
  });

  it("show the counts of classes and of instances", () => {
    const runs = fileRuns({ models: [model("model", [root])], classes: [built("Net", 1, 5955), built("Head", 2, 3)] });
    assert.deepEqual(shown(input([runs])), [
      "1: 5,955 params | ▶ Train | Inspect",
      "2: 3 params | ▶ Train | Inspect",
      "3: 5,955 params · 955 frozen | ▶ Train | Inspect",
    ]);
  });

  it("stay with their class and their variable when lines move, and when names repeat", () => {
    const twice = [built("Net", 10, 1), built("Net", 50, 2)];
    const moved = `${"\n".repeat(12)}class Net extends nn.Module {}\n${"\n".repeat(40)}class Net extends nn.Module {}`;
    assert.deepEqual(shown(input([fileRuns({ classes: twice })], { scan: scan(moved) })), [
      "13: 1 params | ▶ Train | Inspect",
      "54: 2 params | ▶ Train | Inspect",
    ]);
  });

  const trained = (more: Partial<RunSnapshot> = {}): RunSnapshot => ({
    ...emptySnapshot({ runId: "1", file, mode: "train", startedAt: 0 }),
    state: "running",
    ...more,
  });
  const net = { models: [model("model", [root])], classes: [built("Net", 1, 321)] };

  it("mark their counts while the file, or one that it imports, has unsaved edits", () => {
    const runs = fileRuns({ ...net, files: [file, "/models/layers.ts"] });
    for (const unsaved of [file, "/models/layers.ts"]) {
      const [lens] = shown(input([runs], { isUnsaved: (one) => one === unsaved }));
      assert.equal(lens, "1: ≈ 321 params | ▶ Train | Inspect");
    }
    assert.equal(shown(input([runs], { isUnsaved: (one) => one === "/models/other.ts" }))[0], "1: 321 params | ▶ Train | Inspect");
  });

  it("mark their counts while a saved text is being counted anew", () => {
    const inspect = emptySnapshot({ runId: "2", file, mode: "inspect", startedAt: 2 });
    assert.equal(shown(input([fileRuns(net, { inspect })]))[0], "1: ≈ 321 params | ▶ Train | Inspect");
    const ended = { ...inspect, state: "finished" as const };
    assert.equal(shown(input([fileRuns(net, { inspect: ended })]))[0], "1: 321 params | ▶ Train | Inspect");
  });

  it("say that their counts are of before an error", () => {
    const inspect = { ...emptySnapshot({ runId: "2", file, mode: "inspect", startedAt: 2 }), state: "failed" as const };
    assert.equal(shown(input([fileRuns(net, { inspect })]))[0], "1: ≈ 321 params · before the error | ▶ Train | Inspect");
    const mended = { ...inspect, state: "finished" as const };
    assert.equal(shown(input([fileRuns(net, { inspect: mended })]))[0], "1: 321 params | ▶ Train | Inspect");
  });

  it("say that what trains is an older text, and offer to restart", () => {
    const [lens] = lenses(input([fileRuns(net, { train: trained({ edited: true }) })]));
    assert.deepEqual(
      lens?.items.map(({ title }) => title),
      ["321 params", "edited since it started · Restart", "■ Stop", "Inspect"],
    );
    assert.deepEqual(lens?.items[1]?.action, { command: "restart", file });
    const over = fileRuns(net, { train: trained({ edited: true, state: "finished" }) });
    assert.equal(shown(input([over]))[0], "1: 321 params | ▶ Train | Inspect");
  });

  it("say that the loss is no number any more, as long as the text is the one that trained", () => {
    const curves = new Map([["loss", Series.of([0.5, NaN, NaN].map((value, step) => ({ step, epoch: 0, value })))]]);
    const runs = (more: Partial<RunSnapshot>) => fileRuns(net, { train: trained({ curves, state: "finished", ...more }) });
    assert.equal(shown(input([runs({})]))[0], "1: 321 params | ⚠ loss is NaN since step 1 | ▶ Train | Inspect");
    assert.equal(shown(input([runs({ edited: true })]))[0], "1: 321 params | ▶ Train | Inspect");
  });

  it("say what a class needs that could not be built, and offer to add an example", () => {
    const status = { kind: "needsArguments", parameters: ["inFeatures", "classes"] } as const;
    const [lens] = lenses(input([fileRuns({ classes: [{ ...built("Net", 1, 0), status }] })]));
    assert.equal(lens?.items[0]?.title, "needs arguments (inFeatures, classes): add an example");
    assert.deepEqual(lens?.items[0]?.action, { command: "addExample", className: "Net", parameters: ["inFeatures", "classes"] });
  });

  it("stand above classes of other files' bases once a run has shown that they are modules", () => {
    const imported = scan("class Net extends Base {}");
    assert.deepEqual(shown(input([], { scan: imported })), []);
    assert.equal(shown(input([fileRuns({ classes: [built("Net", 1, 4)] })], { scan: imported })).length, 1);
  });

  it("of an imported file run the model file that imports it", () => {
    const layers = "/models/layers.ts";
    const runs = fileRuns({ classes: [{ ...built("Net", 1, 4), declaredAt: { file: layers, line: 1, column: 1 } }] });
    const [lens] = lenses(input([runs], { file: layers, isModelFile: false }));
    assert.deepEqual(
      lens?.items.map(({ title, action }) => [title, "file" in action && action.file]),
      [
        ["4 params", file],
        ["▶ Train", file],
        ["Inspect", file],
      ],
    );
  });

  it("offer Stop while the file trains, on the same lines", () => {
    const train = { ...emptySnapshot({ runId: "1", file, mode: "train", startedAt: 0 }), state: "running" as const };
    assert.deepEqual(shown(input([{ file, problems: [], train }])), ["1: ■ Stop | Inspect", "2: ■ Stop | Inspect", "3: ■ Stop | Inspect"]);
  });

  it("offer to freeze the instance while it trains, and to let it learn again", () => {
    const titles = (frozen: number, state: RunSnapshot["state"]) => {
      const models = [model("model", [{ ...root, counts: counts(frozen === 0 ? 321 : 0, frozen) }])];
      return lenses(input([fileRuns({ ...net, models }, { train: trained({ state }) })]))
        .find(({ line }) => line === 3)!
        .items.map(({ title }) => title);
    };
    assert.deepEqual([titles(0, "running").at(-1), titles(321, "paused").at(-1), titles(0, "finished").at(-1)], ["Freeze", "Unfreeze", "Inspect"]);
    const instance = lenses(input([fileRuns({ ...net, models: [model("model", [{ ...root, counts: counts(321) }])] }, { train: trained() })])).at(-1);
    assert.deepEqual(instance!.items.at(-1)!.action, { command: "freeze", file, model: 0 });
  });

  it("offer only trust in a workspace that isn't trusted", () => {
    const [lens] = lenses(input([], { isTrusted: false }));
    assert.deepEqual(lens?.items, [{ title: "Trust this workspace to train", action: { command: "trust" } }]);
  });
});
