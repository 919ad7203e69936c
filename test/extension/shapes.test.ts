import assert from "node:assert/strict";
import { completed, edited, placed, valueAt, type Edit, type PlacedValue } from "../../src/extension/inlay/seenValues.ts";
import { shapeHints } from "../../src/extension/inlay/shapeHints.ts";
import { histogramPicture, valueText } from "../../src/extension/inlay/valueText.ts";
import type { MeasuredValues, SeenValue } from "../../src/protocol/index.ts";

const measured: MeasuredValues = {
  mean: 0.0234,
  std: 1.1,
  min: -2,
  max: 3.14159,
  zeroFraction: 0.53,
  nonFinite: 0,
  histogram: { low: -2, high: 3, counts: [1, 4, 0, 2] },
};

/** A value of a name at a line and column from 1. */
function value(text: string, line: number, column: number, more: Partial<SeenValue> = {}): SeenValue {
  return {
    kind: "variable",
    text,
    position: { file: "/net.model.ts", line, column },
    end: { line, column: column + text.length },
    shapes: [{ tensors: [[32, 64]], isList: false, isBatch: true }],
    times: 1,
    isNews: true,
    ...more,
  };
}

const fresh = (...values: SeenValue[]): PlacedValue[] => values.flatMap((one) => placed(one, false));

describe("measured shapes beside the code", () => {
  const labels = (values: readonly PlacedValue[], shown: "off" | "changes" | "all" = "changes", line = "const h = x;"): string[] =>
    shapeHints(values, shown, () => line).map(({ line: at, column, label }) => `${at}:${column} ${label}`);

  it("stand behind the name, the batch by its name", () => {
    assert.deepEqual(labels(fresh(value("h", 1, 7))), ["0:7 : [B, 64]"]);
  });

  it("stand without a colon where a type follows", () => {
    assert.deepEqual(labels(fresh(value("h", 1, 7)), "changes", "const h: Tensor = x;"), ["0:7  [B, 64]"]);
    assert.deepEqual(labels(fresh(value("h", 1, 7)), "changes", "      h?: Tensor,"), ["0:7  [B, 64]"]);
  });

  it("of several calls stand side by side, each once, and not more than three", () => {
    const shape = (size: number, isBatch = false): SeenValue["shapes"][number] => ({ tensors: [[size, 64]], isList: false, isBatch });
    assert.deepEqual(labels(fresh(value("h", 1, 7, { shapes: [shape(32, true), shape(9, true), shape(100)] }))), ["0:7 : [B, 64] · [100, 64]"]);
    assert.deepEqual(labels(fresh(value("h", 1, 7, { shapes: [1, 2, 3, 4].map((size) => shape(size)) }))), ["0:7 : [1, 64] · [2, 64] · [3, 64] · …"]);
  });

  it("of lists stand in brackets, of scalars as they are", () => {
    assert.deepEqual(labels(fresh(value("h", 1, 7, { shapes: [{ tensors: [[2, 3], [2]], isList: true, isBatch: false }] }))), ["0:7 : ([2, 3], [2])"]);
    assert.deepEqual(labels(fresh(value("h", 1, 7, { shapes: [{ tensors: [[]], isList: false, isBatch: false }] }))), ["0:7 : []"]);
  });

  it("stand only where a shape changes, or everywhere, or nowhere", () => {
    const values = fresh(value("h", 1, 7), value("g", 2, 7, { isNews: false }), value("a", 3, 7, { kind: "argument" }));
    assert.deepEqual(labels(values).length, 1);
    assert.deepEqual(labels(values, "all").length, 3);
    assert.deepEqual(labels(values, "off"), []);
  });

  it("don't stand again where a name is only read", () => {
    const values = fresh(value("h", 1, 7, { uses: [{ line: 4, column: 3 }] }));
    assert.deepEqual(labels(values, "all"), ["0:7 : [B, 64]"]);
    assert.equal(valueAt(values, 3, 2)?.value.text, "h");
    assert.equal(valueAt(values, 3, 5), undefined);
  });

  it("of an old text are as wide as before, so that nothing moves", () => {
    const [now] = labels(fresh(value("h", 1, 7)));
    const [old] = labels(placed(value("h", 1, 7), true));
    assert.equal(old, "0:7 ≈ [B, 64]");
    assert.equal(old!.length, now!.length);
  });
});

describe("measured values while the text is edited", () => {
  const all = fresh(value("a", 1, 7), value("b", 2, 7), value("c", 3, 7));
  const after = (edit: Edit): string[] => edited(all, edit).map(({ value: { text }, line, isOld }) => `${text} ${line}${isOld ? " old" : ""}`);

  it("are gone on the line that is edited, and old on all others", () => {
    assert.deepEqual(after({ line: 1, column: 9, endLine: 1, endColumn: 9, text: "x" }), ["a 0 old", "c 2 old"]);
  });

  it("move with lines that come and go", () => {
    assert.deepEqual(after({ line: 0, column: 20, endLine: 0, endColumn: 20, text: "\n  y();\n" }), ["a 0 old", "b 3 old", "c 4 old"]);
    assert.deepEqual(after({ line: 1, column: 0, endLine: 2, endColumn: 0, text: "" }), ["a 0 old", "c 1 old"]);
    assert.deepEqual(after({ line: 1, column: 0, endLine: 1, endColumn: 0, text: "new();\r\n" }), ["a 0 old", "b 2 old", "c 3 old"]);
  });

  it("are gone where a line is cut in the middle of it", () => {
    assert.deepEqual(after({ line: 1, column: 3, endLine: 1, endColumn: 3, text: "\n" }), ["a 0 old", "c 3 old"]);
  });

  it("of a run that failed stand beside what was known of the lines that it didn't reach", () => {
    const result = completed(fresh(value("a2", 1, 7)), all);
    assert.deepEqual(
      result.map(({ value: { text }, isOld }) => `${text}${isOld ? " old" : ""}`),
      ["a2", "b old", "c old"],
    );
  });

  it("are found by the innermost place", () => {
    const outer = placed(value("f(g(x))", 1, 1), false)[0]!;
    const inner = placed(value("g(x)", 1, 3), false)[0]!;
    assert.equal(valueAt([inner, outer], 0, 3), inner);
    assert.equal(valueAt([outer, inner], 0, 3), inner);
    assert.equal(valueAt([outer, inner], 0, 0), outer);
    assert.equal(valueAt([outer, inner], 1, 3), undefined);
  });
});

describe("what is said of a measured value", () => {
  const tensor = { dtype: "float32", device: "cpu", requiresGrad: true, measured };

  it("is its shape, kind and numbers, a picture, and the way to the panel", () => {
    const text = valueText(fresh(value("h", 1, 7, { tensor, times: 5, module: { model: 0, id: 3 } }))[0]!, "/net.model.ts");
    const [first, second, picture, last] = text.split("\n\n");
    assert.equal(first, "`h` [B, 64] · B = 32 · float32 · requires grad");
    assert.equal(second, "mean 0.0234 · std 1.10 · min −2.00 · max 3.14 · 53.0 % zeros");
    assert.match(picture!, /^!\[histogram\]\(data:image\/svg\+xml;base64,[\w+/=]+\)$/);
    const link = /^5 calls · \[Open in panel\]\(command:kindling\.openPanel\?(.*)\)$/.exec(last!);
    assert.deepEqual(JSON.parse(decodeURIComponent(link![1]!)), ["/net.model.ts", 0, 3]);
  });

  it("says when it is of an older text, and that numbers are none", () => {
    const text = valueText(placed(value("h", 1, 7, { tensor: { ...tensor, measured: { ...measured, nonFinite: 2 } } }), true)[0]!, "/net.model.ts");
    assert.match(text, /measured before the last edit/);
    assert.match(text, /\*\*2 NaN or infinite\*\*/);
  });

  it("draws a bar for each bin, as high as its share, and where zero is", () => {
    const svg = Buffer.from(histogramPicture(measured.histogram).split(",")[1]!, "base64").toString();
    const heights = [...svg.matchAll(/height="([\d.]+)"\/>/g)].map(([, height]) => Number(height));
    assert.deepEqual(heights, [10.5, 42, 0, 21]);
    assert.match(svg, /M96\.0 0V44/);
  });
});
