import assert from "node:assert/strict";
import { lenses, type LensInput } from "../../src/extension/lenses/lenses.ts";
import { blank, scan, type Site } from "../../src/extension/lenses/scanner.ts";
import type { FileRuns } from "../../src/extension/runs/fileRuns.ts";
import type { ModuleInfo, SourcePosition } from "../../src/protocol/index.ts";
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
  const text = `class Net extends nn.Module {}\nclass Head extends nn.Module {}${"\n".repeat(28)}const model = new Net();`;
  const input = (runs: readonly FileRuns[], more: Partial<LensInput> = {}): LensInput => ({
    file,
    scan: scan(text),
    runs,
    isModelFile: true,
    isTrusted: true,
    isUnsaved: () => false,
    canDebug: false,
    layers: "off",
    now: (position) => position,
    ...more,
  });
  const shown = (value: LensInput): string[] => lenses(value).map(({ line, items }) => `${line}: ${items.map(({ title }) => title).join(" | ")}`);
  const root = module(0, null, "model", {
    type: "Net",
    declaredAt: { file, line: 1, column: 1 },
    counts: counts(5000, 955),
    constructedAt: { file, line: 30, column: 15 },
  });

  it("offer Train and Inspect before anything has run", () => {
    assert.deepEqual(shown(input([])), ["1: ▶ Train | Inspect", "2: ▶ Train | Inspect", "30: ▶ Train | Inspect"]);
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
      "30: 5,955 params · 955 frozen | ▶ Train | Inspect",
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
    assert.deepEqual(shown(input([{ file, problems: [], train }])), ["1: ■ Stop | Inspect", "2: ■ Stop | Inspect", "30: ■ Stop | Inspect"]);
  });

  it("offer to freeze the instance while it trains, and to let it learn again", () => {
    const titles = (frozen: number, state: RunSnapshot["state"]) => {
      const models = [model("model", [{ ...root, counts: counts(frozen === 0 ? 321 : 0, frozen) }])];
      return lenses(input([fileRuns({ ...net, models }, { train: trained({ state, models }) })]))
        .find(({ line }) => line === 30)!
        .items.map(({ title }) => title);
    };
    assert.deepEqual([titles(0, "running").at(-1), titles(321, "paused").at(-1), titles(0, "finished").at(-1)], ["Freeze", "Unfreeze", "Inspect"]);
    const models = [model("model", [{ ...root, counts: counts(321) }])];
    const instance = lenses(input([fileRuns({ ...net, models }, { train: trained({ models }) })])).at(-1);
    assert.deepEqual(instance!.items.at(-1)!.action, { command: "freeze", parts: [{ file, model: 0, path: "" }] });
  });

  it("go by what the training has frozen, whatever a later inspection counted", () => {
    const frozen = [model("model", [{ ...root, counts: counts(0, 321) }])];
    const runs = fileRuns({ ...net, models: [model("model", [{ ...root, counts: counts(321) }])] }, { train: trained({ models: frozen }) });
    assert.equal(
      lenses(input([runs]))
        .at(-1)!
        .items.at(-1)!.title,
      "Unfreeze",
    );
  });

  it("offer Debug where there is such a command, while nothing trains", () => {
    assert.equal(shown(input([], { canDebug: true }))[0], "1: ▶ Train | Inspect | Debug");
    assert.deepEqual(lenses(input([], { canDebug: true }))[0]!.items.at(-1)!.action, { command: "debug", file });
    assert.equal(shown(input([fileRuns(net, { train: trained() })], { canDebug: true }))[0], "1: 321 params | ■ Stop | Inspect");
  });

  describe("of a class and its instance near below", () => {
    const near = scan("class Net extends nn.Module {\n}\n\nconst model = new Net();");
    const runs = fileRuns(net, {});

    it("are one, with the instance's count", () => {
      assert.deepEqual(shown(input([runs], { scan: near })), ["1: 5,955 params · 955 frozen | ▶ Train | Inspect"]);
      assert.deepEqual(shown(input([], { scan: near })), ["1: ▶ Train | Inspect"]);
    });

    it("are one, with the class's count where the run built no such variable", () => {
      assert.deepEqual(shown(input([fileRuns({ classes: net.classes })], { scan: near })), ["1: 321 params | ▶ Train | Inspect"]);
    });

    it("freeze the instance", () => {
      const models = [model("model", [{ ...root, counts: counts(321) }])];
      const [lens] = lenses(input([fileRuns({ ...net, models }, { train: trained({ models }) })], { scan: near }));
      assert.deepEqual(lens!.items.at(-1), { title: "Freeze", action: { command: "freeze", parts: [{ file, model: 0, path: "" }] } });
    });

    it("are two where they are far apart, or where there are two instances", () => {
      assert.equal(lenses(input([runs])).length, 3);
      const two = scan("class Net extends nn.Module {}\nconst a = new Net();\nconst b = new Net();");
      assert.deepEqual(
        lenses(input([], { scan: two })).map(({ line }) => line),
        [1, 2, 3],
      );
    });
  });

  describe("of models that one statement declares", () => {
    const pair = [
      model("g", [{ ...root, name: "g", counts: counts(40), constructedAt: { file, line: 3, column: 11 } }]),
      model("d", [{ ...root, name: "d", counts: counts(9), constructedAt: { file, line: 3, column: 26 } }], { id: 1 }),
    ];
    const classes = "class Net extends nn.Module {}\n\n";

    it("are one for each, by name where they stand on one line", () => {
      const text = `${classes}const g = new Net(), d = new Net(3);`;
      assert.deepEqual(shown(input([fileRuns({ models: pair })], { scan: scan(text) })), [
        "1: ▶ Train | Inspect",
        "3: g: 40 params | d: 9 params | ▶ Train | Inspect",
      ]);
      const train = trained({ models: pair });
      const [, lens] = lenses(input([fileRuns({ models: pair }, { train })], { scan: scan(text) }));
      assert.deepEqual(
        lens!.items.map(({ title }) => title),
        ["g: 40 params", "d: 9 params", "■ Stop", "Inspect", "Freeze g", "Freeze d"],
      );
    });

    it("are one for each line where they stand on several", () => {
      const lines = scan(`${classes}const lr = 0.1,\n  g = new Net({ a: [1, 2] }),\n  d: Net = new Net(3);`).sites;
      assert.deepEqual(names(lines), ["class Net 1", "instance g 4", "instance d 5"]);
    });
  });

  describe("of layers", () => {
    const layer = (id: number, path: string, line: number, total: number, more: Partial<ModuleInfo> = {}): ModuleInfo =>
      module(id, 0, path, { counts: counts(total), constructedAt: { file, line, column: 5 }, ...more });
    const withLayers = (layers: readonly ModuleInfo[], run?: Partial<RunSnapshot>) => {
      const models = [model("model", [root, ...layers])];
      return fileRuns({ ...net, models }, run ? { train: trained({ models, ...run }) } : {});
    };
    const ofLayers = (runs: FileRuns, more: Partial<LensInput> = {}): string[] =>
      shown(input([runs], { layers: "all", ...more })).filter((line) => !/Inspect/.test(line));

    it("are their counts above the lines that make them, none for those without parameters", () => {
      const runs = withLayers([
        layer(1, "fc", 4, 320),
        layer(2, "act", 5, 0),
        layer(3, "head", 6, 11, { counts: counts(10, 1) }),
        layer(4, "top", 7, 0, { counts: counts(0, 9) }),
      ]);
      assert.deepEqual(ofLayers(runs), ["4: 320 params", "6: 11 params · 1 frozen", "7: 9 params · frozen"]);
      assert.deepEqual(ofLayers(runs, { layers: "off" }), []);
      const [lens] = lenses(input([runs], { layers: "all" })).filter(({ line }) => line === 4);
      assert.deepEqual(lens!.items[0]!.action, { command: "openPanel", file, model: 0, module: 1 });
    });

    it("are one where a line makes several, and of what a line makes whole the whole's", () => {
      assert.deepEqual(ofLayers(withLayers([layer(1, "a", 4, 30), layer(2, "b", 4, 30), layer(3, "c", 8, 10), layer(4, "d", 8, 2000)])), [
        "4: 2 × 30 params",
        "8: 2 × 10 to 2,000 params",
      ]);
    });

    it("are one for a container that the file makes, and those of the user's own classes in it", () => {
      const whole = layer(1, "net", 4, 50, { type: "Sequential" });
      const own = { ...layer(2, "net.0", 5, 30, { declaredAt: { file, line: 20, column: 1 } }), parent: 1 };
      const deep = { ...layer(3, "net.0.fc", 21, 30), parent: 2 };
      const last = { ...layer(4, "net.1", 6, 20), parent: 1 };
      assert.deepEqual(ofLayers(withLayers([whole, own, deep, last])), ["4: 50 params", "21: 30 params"]);
    });

    it("are only those of which something is frozen, where no others are wanted", () => {
      const runs = withLayers([layer(1, "fc", 4, 320), layer(2, "head", 6, 11, { counts: counts(10, 1) }), layer(3, "top", 7, 0, { counts: counts(0, 9) })]);
      assert.deepEqual(ofLayers(runs, { layers: "frozen" }), ["6: 11 params · 1 frozen", "7: 9 params · frozen"]);
    });

    it("freeze all of them while it trains, and let them learn again", () => {
      const learning = withLayers([layer(1, "a", 4, 30), layer(2, "b", 4, 30)], {});
      assert.deepEqual(ofLayers(learning), ["4: 2 × 30 params | Freeze"]);
      const action = lenses(input([learning], { layers: "all" })).find(({ line }) => line === 4)!.items[1]!.action;
      const parts = ["a", "b"].map((path) => ({ file, model: 0, path }));
      assert.deepEqual(action, { command: "freeze", parts });
      assert.deepEqual(ofLayers(withLayers([layer(1, "a", 4, 0, { counts: counts(0, 30) })], {})), ["4: 30 params · frozen | Unfreeze"]);
      assert.deepEqual(ofLayers(withLayers([layer(1, "a", 4, 30)], { state: "finished" })), ["4: 30 params"]);
    });

    it("move with their lines while somebody types, and go with them", () => {
      const runs = withLayers([layer(1, "a", 4, 30), layer(2, "b", 5, 20)]);
      const now = (position: SourcePosition) => (position.line === 5 ? undefined : { ...position, line: position.line + 3 });
      assert.deepEqual(ofLayers(runs, { now, isUnsaved: () => true }), ["7: ≈ 30 params"]);
    });

    it("stand in the file that makes them, whichever that is", () => {
      const elsewhere = { constructedAt: { file: "/models/block.ts", line: 2, column: 3 } };
      assert.deepEqual(ofLayers(withLayers([layer(1, "a", 4, 30, elsewhere)])), []);
      assert.deepEqual(shown(input([withLayers([layer(1, "a", 4, 30, elsewhere)])], { file: "/models/block.ts", scan: scan(""), layers: "all" })), [
        "2: 30 params",
      ]);
    });
  });

  it("offer only trust in a workspace that isn't trusted", () => {
    const [lens] = lenses(input([], { isTrusted: false }));
    assert.deepEqual(lens?.items, [{ title: "Trust this workspace to train", action: { command: "trust" } }]);
  });
});
