import assert from "node:assert/strict";
import type { ModelInfo, ModuleInfo } from "../../src/protocol/index.ts";
import { formatAmount, formatBytes, formatMilliseconds } from "../../src/run/numbers.ts";
import { summarize } from "../../src/run/work.ts";
import { columnIds, columns, factsOf, fittingColumns, gap, stateWords, widthOf, type ColumnId, type Facts } from "../../webview/table/columns.ts";
import { markdown } from "../../webview/table/markdown.ts";
import { foundRows, sortedRows, visibleRows } from "../../webview/table/rows.ts";
import { marked, matches, searchWords, suggestions } from "../../webview/table/search.ts";
import { summaryItems } from "../../webview/table/summary.ts";
import { digitsModel, largeModel, stepWork } from "./fakeRun.ts";

const works = new Map([[0, [stepWork(digitsModel, 7)]]]);
const summary = summarize(works, digitsModel);
const facts = factsOf(digitsModel, summary, new Map());
const at = (path: string, model = digitsModel): ModuleInfo => model.modules.find((module) => module.path === path)!;

/** The digits with changes to some modules. */
function changed(changes: Readonly<Record<string, Partial<ModuleInfo>>>): ModelInfo {
  return { ...digitsModel, modules: digitsModel.modules.map((module) => ({ ...module, ...changes[module.path] })) };
}

describe("the columns of the module table", () => {
  const text = (id: ColumnId, path: string, scope: "own" | "whole" = "whole") => columns[id].text(facts(at(path)), scope);

  it("say of a module what it is with everything below it, or by itself", () => {
    assert.deepEqual([text("parameters", "classifier"), text("parameters", "classifier", "own")], ["17,226", ""]);
    assert.equal(text("share", "classifier.0"), "89.0 %");
    // 9 · 8 · 64 · 64 + 9 · 8 · 16 · 64 · 64
    assert.equal(facts(at("features")).work!.whole.multiplyAdds, 294_912 + 4_718_592);
    assert.deepEqual([text("multiplyAdds", "features"), text("multiplyAdds", "features", "own")], ["5.01 M", "0"]);
    assert.deepEqual([text("forward", "features"), text("forward", "features.0")], ["500 µs", "100 µs"]);
    assert.deepEqual([text("backward", ""), text("time", "")], ["2.20 ms", "66.0 %"]);
    assert.deepEqual([text("memory", "features.0"), text("calls", "features.0"), text("mode", "features.0")], ["131 kB", "1", "train"]);
  });

  it("have a dash for what was not measured", () => {
    const unknown = factsOf(digitsModel, undefined, new Map())(at("features"));
    assert.deepEqual(
      (["multiplyAdds", "memory", "forward", "backward", "time", "calls", "gradient"] as const).map((id) => columns[id].text(unknown, "whole")),
      new Array(7).fill("–"),
    );
  });

  it("say in words what is frozen, not called, in evaluation, and shared", () => {
    const shared = { ...at("classifier.4").parameters[0]!, sharedWith: "classifier.0.weight" };
    const model = changed({ "classifier.4": { parameters: [shared], training: false } });
    assert.deepEqual(stateWords(factsOf(model, undefined, new Map())(at("classifier.4", model))), ["eval", "weight shared with classifier.0.weight"]);
    assert.deepEqual(stateWords(facts(at("classifier.0"))), ["frozen"]);
    assert.deepEqual(stateWords(facts(at("classifier"))), ["partly frozen"]);
    const idle = stepWork(digitsModel, 0);
    const step = summarize(new Map([[0, [{ ...idle, calls: idle.calls.map(() => 0), forward: idle.forward.map(() => 0) }]]]), digitsModel);
    assert.deepEqual(stateWords(factsOf(digitsModel, step, new Map())(at("features.1"))), ["not called"]);
  });

  it("are as many as fit, the most important first, in their order", () => {
    for (const room of [0, 9, 20, 30, 45, 60, 100, 500]) {
      const fitting = fittingColumns(digitsModel, room);
      assert.ok(fitting.reduce((sum, id) => sum + widthOf(columns[id], digitsModel) + gap, 0) <= room, `${room}`);
      assert.deepEqual(
        fitting,
        columnIds.filter((id) => fitting.includes(id)),
      );
    }
    assert.deepEqual(fittingColumns(digitsModel, 12), ["parameters"]);
    assert.ok(fittingColumns(digitsModel, 500).length > 7);
  });
});

describe("sorting the module table", () => {
  const paths = (column: ColumnId | "name", descending: boolean) =>
    sortedRows(digitsModel.modules, { column, descending }, facts).map(({ module }) => module.path);

  it("compares modules one by one, and has those at the end of which there is nothing to say", () => {
    assert.deepEqual(paths("parameters", true).slice(0, 6), ["classifier.0", "features.2", "classifier.4", "classifier.1", "features.0", ""]);
    assert.deepEqual(paths("parameters", false).slice(0, 3), ["features.0", "classifier.1", "classifier.4"]);
    assert.deepEqual(paths("multiplyAdds", true).slice(0, 2), ["features.2", "classifier.0"]);
  });

  it("goes by names as people count", () => {
    const model = largeModel(30);
    const names = sortedRows([...model.modules].reverse(), { column: "name", descending: false }, facts).map(({ module }) => module.path);
    assert.deepEqual(names.slice(0, 3), ["block0", "block0.0", "block0.1"]);
  });
});

describe("searching the module table", () => {
  const found = (typed: string) => [...matches(digitsModel, searchWords(typed), facts)].map((id) => digitsModel.modules[id]!.path);

  it("finds by name, path, type and state; each word has to stand there", () => {
    assert.deepEqual(found("conv"), ["features.0", "features.2"]);
    assert.deepEqual(found("ReLU classifier"), ["classifier.2"]);
    assert.deepEqual(found("features.3"), ["features.3"]);
    assert.deepEqual(found("frozen"), ["", "classifier", "classifier.0"]);
    assert.deepEqual(found("linear trainable"), ["classifier.4"]);
    assert.deepEqual(found("nothing"), []);
  });

  it("keeps the rows above what was found, and tells them from it", () => {
    const rows = foundRows(digitsModel, matches(digitsModel, ["conv"], facts));
    assert.deepEqual(
      rows.map(({ module, isAbove, level, expanded }) => [module.path, isAbove, level, expanded]),
      [
        ["", true, 1, true],
        ["features", true, 2, true],
        ["features.0", false, 3, false],
        ["features.2", false, 3, false],
      ],
    );
  });

  it("marks each place in a text", () => {
    assert.deepEqual(marked("ReLU", ["e", "lu"]), [
      { text: "R", isMarked: false },
      { text: "eLU", isMarked: true },
    ]);
    assert.deepEqual(marked("", ["a"]), []);
  });

  it("offers the types that there are, and the states", () => {
    assert.ok(["Conv2d", "Linear", "frozen", "not called"].every((word) => suggestions(digitsModel).includes(word)));
  });

  it("goes through ten thousand modules in a fraction of a second", () => {
    const model = largeModel(10_000);
    const of = factsOf(model, undefined, new Map<number, never>());
    const best = Math.min(
      ...[1, 2, 3, 4, 5].map(() => {
        const begin = performance.now();
        foundRows(model, matches(model, ["linear"], of));
        sortedRows(model.modules, { column: "parameters", descending: true }, of);
        return performance.now() - begin;
      }),
    );
    assert.ok(best < 300, `${best} ms`);
  });
});

describe("the module table as Markdown", () => {
  it("has the rows and columns that are shown, and what the whole comes to", () => {
    const table = markdown({
      model: digitsModel,
      rows: visibleRows(digitsModel, { "model:features": false }).slice(0, 3),
      columns: ["type", "parameters"],
      scope: "whole",
      facts: (module): Facts => facts(module),
      summary: [["Parameters", "18,474"]],
    });
    assert.equal(
      table,
      [
        "| Module | Type | Parameters |",
        "| --- | --- | ---: |",
        "| model | DigitsNet | 18,474 |",
        "| features | Sequential | 1,248 |",
        "| flatten | Flatten |  |",
        "",
        "- Parameters: 18,474",
        "",
      ].join("\n"),
    );
  });

  it("keeps names from being taken for Markdown", () => {
    const model = changed({ features: { path: "my_layer|*" } });
    const table = markdown({ model, rows: visibleRows(model, {}).slice(1, 2), columns: [], scope: "whole", facts, summary: [] });
    assert.deepEqual(table.split("\n").slice(0, 3), ["| Module |", "| --- |", "| my\\_layer\\|\\* |"]);
  });
});

describe("what a model comes to", () => {
  const values = (model: ModelInfo, step = summary) => Object.fromEntries(summaryItems(model, step).map(({ id, value }) => [id, value]));

  it("is its parameters and their memory, and what a step takes", () => {
    assert.deepEqual(values(digitsModel), {
      "total-parameters": "18,474",
      "trainable-parameters": "2,026",
      "frozen-parameters": "16,448",
      "parameter-memory": "73.9 kB",
      "multiply-adds": "6.11 M",
      "output-memory": "986 kB",
      "forward-time": "1.10 ms",
      "backward-time": "2.30 ms",
      "optimizer-time": "250 µs",
      "step-time": "5.00 ms",
      samples: "64 samples",
    });
  });

  it("counts the memory of a shared parameter once", () => {
    const shared = { ...at("classifier.4").parameters[0]!, sharedWith: "other" };
    assert.equal(values(changed({ "classifier.4": { parameters: [shared] } }))["parameter-memory"], "71.3 kB");
  });
});

describe("amounts, sizes and times", () => {
  it("have three digits and a unit", () => {
    assert.deepEqual([0, 9_999, 10_000, 999_499, 999_950, 1.814e9].map(formatAmount), ["0", "9,999", "10.0 k", "999 k", "1.00 M", "1.81 G"]);
    assert.deepEqual([0, 512, 1_000, 999_999, 12_345_678].map(formatBytes), ["0 B", "512 B", "1.00 kB", "1.00 MB", "12.3 MB"]);
    assert.deepEqual([undefined, 0, 0.0009, 0.001, 0.0452, 0.9999, 1.234, 123.4, 999.9, 2500].map(formatMilliseconds), [
      "–",
      "< 1 µs",
      "< 1 µs",
      "1.00 µs",
      "45.2 µs",
      "1.00 ms",
      "1.23 ms",
      "123 ms",
      "1.00 s",
      "2.50 s",
    ]);
  });
});
