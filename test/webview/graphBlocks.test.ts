/** A pass as blocks inside blocks, and where they stand. */
import assert from "node:assert/strict";
import { blocksOf, everyBlock, openByDefault, type Block } from "../../webview/graph/blocks.ts";
import { Layouter, type Box, type Direction, type Line, type Picture } from "../../webview/graph/layout.ts";
import { passTitles } from "../../webview/graph/marks.ts";
import { fitted, zoomed } from "../../webview/graph/viewport.ts";
import { longChain, PassBuilder, residualTower } from "./passes.ts";

const measure = (text: string): number => text.length * 7;
const titles = (blocks: readonly Block[]): string[] => blocks.map(({ title, type }) => (type === "" ? title : `${title} ${type}`));
const edges = ({ edges: all }: Block): string[] => all.map(({ from, to }) => `${from?.title ?? "·"} → ${to?.title ?? "·"}`).toSorted();

function arrange(root: Block, open: Iterable<string> = [], direction: Direction = "down"): Promise<Picture> {
  return new Layouter().layout(root, { direction, open: new Set(open), measure, caption: () => undefined }, new AbortController().signal);
}

function find(root: Block, title: string): Block {
  return [...everyBlock(root)].find((block) => block.title === title)!;
}

describe("a pass as blocks", () => {
  it("folds equal blocks in a row into one that says how many they are", () => {
    const root = blocksOf(residualTower(6));
    assert.deepEqual(titles(root.children), ["input", "model Tower", "target", "mseLoss"]);
    const [repeat] = root.children[1]!.children;
    assert.equal(repeat!.title, "Block × 6");
    assert.deepEqual(titles(repeat!.children), ["0 Block", "1 Block", "2 Block", "3 Block", "4 Block", "5 Block"]);
  });

  it("leaves two equal blocks, and blocks with other shapes, as they are", () => {
    assert.deepEqual(titles(blocksOf(residualTower(2)).children[1]!.children), ["0 Block", "1 Block"]);
    const builder = new PassBuilder();
    const model = builder.node("call", "Net");
    let at = builder.node("input", "input");
    for (const width of [8, 16, 32]) {
      const call = builder.node("call", "Linear", { parent: model });
      at = builder.node("operation", "linear", { parent: call, shape: [4, width] }, at);
    }
    assert.equal(blocksOf(builder.pass()).children[0]!.children.length, 3);
  });

  it("folds a sequence that comes again and again", () => {
    const builder = new PassBuilder();
    const model = builder.node("call", "Net");
    let at = builder.node("input", "input");
    for (let i = 0; i < 4; i++) {
      at = builder.layer("Linear", undefined, model, at);
      at = builder.node("operation", "relu", { parent: model }, at);
    }
    assert.deepEqual(titles(blocksOf(builder.pass()).children[0]!.children), ["(Linear, relu) × 4"]);
  });

  it("says how often one module is called in a row, and which call each is elsewhere", () => {
    const builder = new PassBuilder();
    const cell = { model: 0, id: 1, name: "cell" };
    const model = builder.node("call", "Recurrent", { module: { model: 0, id: 0, name: "model" } });
    let at = builder.node("input", "input");
    for (let i = 0; i < 20; i++) at = builder.layer("Linear", cell, model, at);
    assert.deepEqual(titles(blocksOf(builder.pass()).children[0]!.children), ["cell, 20 calls Linear"]);

    const twins = new PassBuilder();
    const tower = { model: 0, id: 0, name: "tower" };
    for (let i = 0; i < 2; i++) twins.layer("Linear", tower, null, twins.node("input", "input"));
    assert.deepEqual(
      titles(blocksOf(twins.pass()).children).filter((title) => title.startsWith("tower")),
      ["tower · call 1 of 2 Linear", "tower · call 2 of 2 Linear"],
    );
  });

  it("has edges on each level between what is there, and to the level's borders for what comes from outside", () => {
    const root = blocksOf(residualTower(2));
    assert.deepEqual(edges(root), ["input → model", "model → mseLoss", "target → mseLoss"]);
    const model = root.children[1]!;
    assert.deepEqual(edges(model), ["0 → 1", "1 → ·", "· → 0"].toSorted());
    // The skip connection goes past the layer.
    assert.deepEqual(edges(model.children[0]!), ["inner → relu", "relu → add", "add → ·", "· → add", "· → inner"].toSorted());
  });

  it("opens the program's own structure, and not what the engine's layers do", () => {
    const pass = residualTower(2);
    const root = blocksOf(pass);
    const open = openByDefault(root, pass, []);
    assert.ok(open.has(find(root, "model").key));
    const layer = new PassBuilder();
    const call = layer.node("call", "MultiheadAttention");
    const first = layer.node("operation", "linear", { parent: call }, layer.node("input", "input"));
    layer.node("operation", "softmax", { parent: call }, first);
    assert.deepEqual([...openByDefault(blocksOf(layer.pass()), layer.pass(), [])], []);
  });
});

describe("the picture of a pass", function () {
  this.timeout(30_000);

  const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

  for (const direction of ["down", "right"] as const) {
    it(`goes ${direction}, with no box over another and each line from box to box`, async () => {
      const root = blocksOf(residualTower(6));
      const open = [...everyBlock(root)].filter(({ children }) => children.length > 0).map(({ key }) => key);
      const { boxes, lines, width, height } = await arrange(root, open, direction);
      const leaves = boxes.filter(({ isOpen }) => !isOpen);
      for (const [i, a] of leaves.entries()) for (const b of leaves.slice(i + 1)) assert.ok(!overlap(a, b), `${a.block.key} lies over ${b.block.key}`);
      for (const box of boxes) assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, box.block.key);
      const along = direction === "down" ? "y" : "x";
      for (const { points, edge } of lines) {
        assert.ok(points.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
        assert.ok(points[0]![along] < points.at(-1)![along], `${edge.from?.title} → ${edge.to?.title} goes back`);
      }
    });
  }

  it("lets a tensor into an open block where the line inside goes on", async () => {
    const root = blocksOf(residualTower(1));
    const model = find(root, "model");
    const { lines } = await arrange(root, [model.key]);
    const outside = lines.find(({ edge }) => edge.from?.title === "input")!;
    const inside = lines.find(({ edge }) => edge.from === null)!;
    const [end, begin] = [outside.points.at(-1)!, inside.points[0]!];
    assert.ok(Math.abs(end.x - begin.x) < 0.01 && Math.abs(end.y - begin.y) < 0.01, JSON.stringify([end, begin]));
  });

  it("lays out nothing that is folded", async () => {
    const { boxes } = await arrange(blocksOf(residualTower(500)));
    assert.equal(boxes.length, 4);
  });

  it("has a thousand operations in their order, each tensor's shape once", async () => {
    const { boxes, lines } = await arrange(blocksOf(longChain(1_000)));
    assert.equal(boxes.length, 1_001);
    const tops = new Map(boxes.map(({ block, y }) => [block, y]));
    for (const { edge } of lines) if (edge.from && edge.to) assert.ok(tops.get(edge.from)! < tops.get(edge.to)!, edge.to.key);
    const labelled = lines.filter(({ label }: Line) => label !== null).map(({ edge }) => edge.tensor.from);
    assert.equal(new Set(labelled).size, labelled.length);
  });

  it("rests while it works, so that what a person does comes through", async () => {
    const root = blocksOf(longChain(1_000));
    let rests = 0;
    const timer = setInterval(() => rests++, 0);
    await arrange(root);
    clearInterval(timer);
    assert.ok(rests >= 10, `${rests} rests`);
  });

  it("gives way to a newer one", async () => {
    const abort = new AbortController();
    const options = { direction: "down", open: new Set<string>(), measure, caption: () => undefined } as const;
    const layout = new Layouter().layout(blocksOf(longChain(1_000)), options, abort.signal);
    abort.abort();
    await assert.rejects(layout);
  });
});

describe("the view of a graph", () => {
  it("fits the whole into the window and never enlarges it for that", () => {
    assert.equal(fitted({ width: 100, height: 50 }, { width: 800, height: 600 }).scale, 1);
    const { scale, x, y } = fitted({ width: 2_000, height: 400 }, { width: 424, height: 600 });
    assert.equal(scale, 0.2);
    assert.deepEqual([x, y], [12, 260]);
  });

  it("keeps what is under the pointer there while it zooms", () => {
    const at = { x: 300, y: 200 };
    const before = { x: 20, y: -40, scale: 0.5 };
    const after = zoomed(before, 1.7, at);
    assert.ok(Math.abs((at.x - before.x) / before.scale - (at.x - after.x) / after.scale) < 1e-9);
  });

  it("names passes by what they are for and how often they ran", () => {
    const pass = residualTower(1);
    assert.deepEqual(
      passTitles([
        { pass, times: 812 },
        { pass: { ...pass, id: "b" }, times: 1 },
        { pass: { ...pass, id: "c", kind: "evaluation" }, times: 40, isEstimate: true },
      ]),
      ["Training A · 812 times", "Training B · once", "Evaluation · about 40 times"],
    );
  });
});
