import assert from "node:assert/strict";
import { signs } from "../../src/run/health/signs.ts";
import { modelOf, ModelTree, pathOf, row, type TreeNode } from "../../src/extension/tree/modelTree.ts";
import { counts, file, model, module } from "./samples.ts";

const weight = { name: "weight", shape: [64, 20], dtype: "float32", count: 1280, trainable: true };
const line = (node: TreeNode): string => {
  const { label, description, icon } = row(node);
  return `${label} [${icon}] ${description}`;
};

describe("the models view", () => {
  const net = model("net", [
    module(0, null, "net", { type: "Net", counts: counts(1280, 64), outputShapes: [[32, 3]], constructedAt: { file, line: 9, column: 5 } }),
    module(1, 0, "layer1", { counts: counts(1280), parameters: [weight], extra: "in_features=20, out_features=64" }),
    module(2, 0, "bn", {
      type: "BatchNorm1d",
      counts: counts(0, 64),
      parameters: [{ ...weight, name: "weight", shape: [64], count: 64, trainable: false }],
      buffers: [{ name: "running_mean", shape: [64], dtype: "float32", count: 64, persistent: true }],
    }),
    module(3, 0, "relu", { type: "ReLU" }),
  ]);
  const tree = new ModelTree(file, [net]);
  const [root] = tree.roots;
  assert.ok(root);

  it("shows models, their modules, and the modules' parameters and buffers", () => {
    assert.equal(line(root), "net [color-mode] Net · 32×3 · 1,344 params, 64 frozen");
    const children = tree.children(root);
    assert.deepEqual(children.map(line), ["layer1 [layers] Linear · 1,280 params", "bn [lock] BatchNorm1d · 64 params, frozen", "relu [layers] ReLU"]);
    assert.deepEqual(children.flatMap((child) => tree.children(child)).map(line), [
      "weight [symbol-field] 64×20 · 1,280",
      "weight [lock] 64 · 64 · frozen",
      "running_mean [database] 64 · buffer",
    ]);
  });

  it("tells what is partly frozen from what is frozen by the icon's shape and in words", () => {
    const [, bn] = tree.children(root);
    assert.ok(bn);
    assert.deepEqual([row(root).icon, row(bn).icon], ["color-mode", "lock"]);
    assert.match(row(root).tooltip, /^partly frozen$/m);
    assert.match(row(bn).description, /frozen/);
    const free = new ModelTree(file, [model("net", [module(0, null, "net", { counts: counts(7) })])]);
    assert.deepEqual(free.roots.map(line), ["net [symbol-class] Linear · 7 params"]);
  });

  it("tells of each row how much of it learns, and which part of which model it is", () => {
    const rows = [root, ...tree.children(root).flatMap((child) => [child, ...tree.children(child)])];
    assert.deepEqual(
      rows.map((node) => [pathOf(node), row(node).context, row(node).learning, modelOf(node)?.name]),
      [
        ["", "model", "partial", "net"],
        ["layer1", "module", "trainable", "net"],
        ["layer1.weight", "parameter", "trainable", "net"],
        ["bn", "module", "frozen", "net"],
        ["bn.weight", "parameter", "frozen", "net"],
        ["bn", "buffer", undefined, "net"],
        ["relu", "module", "none", "net"],
      ],
    );
  });

  it("marks what shows trouble by shape, colour and words, and what is above it by colour and words", () => {
    const [layer1] = tree.children(root);
    const finding = {
      rule: "deadUnits",
      severity: "warning",
      model: 0,
      module: 1,
      places: [1],
      what: "`layer1`: 61 of 64 units",
      advice: "Try a smaller one.",
    } as const;
    const marked = signs([finding], net);
    const own = row(layer1!, false, marked.get(1));
    assert.deepEqual([own.icon, own.severity], ["warning", "warning"]);
    assert.match(own.tooltip, /\nlayer1: 61 of 64 units\nTry a smaller one\.$/);
    const above = row(root, false, marked.get(0));
    assert.deepEqual([above.icon, above.severity], ["color-mode", "warning"]);
    assert.match(above.description, / · ⚠ below$/);
    assert.equal(marked.get(3), undefined);
  });

  it("marks counts that may not be those of the text on the screen", () => {
    assert.match(row(root, true).description, /≈ 1,344 params, 64 frozen$/);
    assert.match(row(root, true).tooltip, /has changed since it was counted/);
  });

  it("lets only what has something inside be opened", () => {
    assert.deepEqual(
      tree.children(root).map((child) => tree.hasChildren(child)),
      [true, true, false],
    );
  });

  it("knows where a row is in the source", () => {
    assert.deepEqual(row(root).position, { file, line: 9, column: 5 });
  });

  it("says that a parameter is shared, and names a scalar's shape", () => {
    const tied = module(0, null, "net", {
      parameters: [{ ...weight, sharedWith: "embedding.weight" }],
      buffers: [{ name: "num_batches_tracked", shape: [], dtype: "int32", count: 1, persistent: true }],
    });
    const one = new ModelTree(file, [model("net", [tied])]);
    assert.deepEqual(one.roots.flatMap((node) => one.children(node)).map(line), [
      "weight [symbol-field] 64×20 · 1,280 · shared with embedding.weight",
      "num_batches_tracked [database] scalar · buffer",
    ]);
  });

  it("keeps the keys of rows between runs, so that what was open stays open", () => {
    const again = new ModelTree(file, [net]);
    const keys = (one: ModelTree): string[] => one.roots.flatMap((node) => [node, ...one.children(node)]).map(({ key }) => key);
    assert.deepEqual(keys(again), keys(tree));
    assert.equal(new Set(keys(tree)).size, 4);
  });

  it("tells two models of one name apart", () => {
    const two = new ModelTree(file, [net, { ...net, id: 1 }]);
    assert.equal(new Set(two.roots.map(({ key }) => key)).size, 2);
  });

  it("finds a module's row with everything above it", () => {
    const node = tree.find(0, 2);
    assert.equal(node?.module.name, "bn");
    assert.equal(node?.parent, root);
    assert.equal(tree.find(0, 99), undefined);
  });

  it("shows 10,000 modules in stretches, and builds only what is looked at", () => {
    const many = model("net", [module(0, null, "net"), ...Array.from({ length: 10_000 }, (_, index) => module(index + 1, 0, String(index)))]);
    const big = new ModelTree(file, [many]);
    const [top] = big.roots;
    assert.ok(top);
    const ranges = big.children(top);
    assert.equal(ranges.length, 20);
    assert.deepEqual(
      ranges.slice(0, 2).map((range) => row(range).label),
      ["0 … 499", "500 … 999"],
    );
    const [, second] = ranges;
    assert.ok(second);
    assert.equal(big.children(second).length, 500);
    const found = big.find(0, 501);
    assert.equal(found?.module.name, "500");
    assert.equal(found?.parent, second);
  });
});
