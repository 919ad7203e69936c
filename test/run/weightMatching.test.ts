import assert from "node:assert/strict";
import { matchWeights, type WeightModel } from "../../src/run/weightMatching.ts";
import { weightRows, weightsSentence } from "../../src/run/weightRows.ts";

/** A model named `net` with these tensors. */
function model(tensors: Readonly<Record<string, readonly number[]>>, { name = "net", type = "Net" }: { name?: string; type?: string } = {}): WeightModel {
  return { name, type, tensors: Object.entries(tensors).map(([path, shape]) => ({ path, shape, dtype: "float32" })) };
}

/** Layers `name: [out, in]`, each with a bias. */
function linears(layers: Readonly<Record<string, readonly [number, number]>>): WeightModel {
  return model(
    Object.fromEntries(
      Object.entries(layers).flatMap(([name, [out, input]]) => [
        [`${name}.weight`, [out, input]],
        [`${name}.bias`, [out]],
      ]),
    ),
  );
}

/** `kind path`, and behind an arrow where it comes from. */
function fates(before: WeightModel | readonly WeightModel[], now: WeightModel | readonly WeightModel[], declined: readonly string[] = []): string[] {
  return matchWeights([before].flat(), [now].flat(), declined).map(
    ({ kind, path, from, declined: isDeclined }) => `${isDeclined ? "not " : ""}${kind} ${path}${from && from.path !== path ? ` ← ${from.path}` : ""}`,
  );
}

describe("Which weights belong where in an edited model", () => {
  const old = linears({ fc1: [64, 20], fc2: [64, 64], head: [3, 64] });

  it("keeps all of a model that is as it was", () => {
    assert.ok(fates(old, old).every((fate) => fate.startsWith("kept")));
    assert.equal(weightsSentence(matchWeights([old], [old])), "6 tensors kept");
  });

  it("finds layers that have another name now: a like one, or in the same place", () => {
    assert.deepEqual(fates(old, linears({ fc1: [64, 20], fc2: [64, 64], heads: [3, 64] })).slice(4), [
      "renamed heads.weight ← head.weight",
      "renamed heads.bias ← head.bias",
    ]);
    assert.deepEqual(fates(old, linears({ fc1: [64, 20], middle: [64, 64], head: [3, 64] })).slice(2, 4), [
      "renamed middle.weight ← fc2.weight",
      "renamed middle.bias ← fc2.bias",
    ]);
  });

  it("finds all layers of a model that was put into another module", () => {
    const inner = linears({ "body.fc1": [64, 20], "body.fc2": [64, 64], "body.head": [3, 64] });
    assert.deepEqual(
      fates(old, inner).filter((fate) => !fate.startsWith("renamed")),
      [],
    );
    assert.ok(fates(old, inner).includes("renamed body.fc2.weight ← fc2.weight"));
  });

  it("follows layers that move because another is put before them in a Sequential", () => {
    const before = linears({ "net.0": [64, 20], "net.2": [3, 64] });
    const now = linears({ "net.0": [64, 20], "net.2": [64, 64], "net.4": [3, 64] });
    assert.deepEqual(fates(before, now), [
      "kept net.0.weight",
      "kept net.0.bias",
      "new net.2.weight",
      "new net.2.bias",
      "renamed net.4.weight ← net.2.weight",
      "renamed net.4.bias ← net.2.bias",
    ]);
  });

  it("does not take a layer for another that only happens to be of its shape", () => {
    const now = linears({ fc1: [64, 20], fc2: [64, 64], head: [3, 64], critic: [3, 64] });
    assert.deepEqual(fates(old, now).slice(6), ["new critic.weight", "new critic.bias"]);
    const before = linears({ encoder: [64, 64], head: [3, 64] });
    const other = linears({ head: [3, 64], q: [64, 64] });
    assert.deepEqual(fates(before, other).slice(2), ["new q.weight", "new q.bias", "gone encoder.weight", "gone encoder.bias"]);
  });

  it("offers what both have of a layer that became wider or narrower, with the next one's inputs", () => {
    const wider = linears({ fc1: [96, 20], fc2: [64, 96], head: [3, 64] });
    assert.deepEqual(fates(old, wider).slice(0, 4), ["resized fc1.weight", "resized fc1.bias", "resized fc2.weight", "kept fc2.bias"]);
    const narrower = linears({ fc1: [64, 20], fc2: [64, 64], head: [2, 64] });
    assert.deepEqual(fates(old, narrower).slice(4), ["resized head.weight", "resized head.bias"]);
  });

  it("takes nothing of a layer whose shape differs in two dimensions", () => {
    assert.deepEqual(
      fates(old, linears({ fc1: [96, 30], fc2: [64, 64], head: [3, 64] })).filter((fate) => fate.includes("fc1")),
      ["new fc1.weight", "new fc1.bias", "gone fc1.weight", "gone fc1.bias"],
    );
  });

  it("does not cut what is stacked in an LSTM of another width, and does in one with other inputs", () => {
    const lstm = (inputs: number, hidden: number): WeightModel =>
      model({
        "lstm.weight_ih_l0": [4 * hidden, inputs],
        "lstm.weight_hh_l0": [4 * hidden, hidden],
        "lstm.bias_ih_l0": [4 * hidden],
        "lstm.bias_hh_l0": [4 * hidden],
      });
    assert.deepEqual(
      fates(lstm(8, 16), lstm(8, 24)).filter((fate) => !/^(new|gone)/.test(fate)),
      [],
    );
    assert.deepEqual(fates(lstm(8, 16), lstm(9, 16))[0], "resized lstm.weight_ih_l0");
  });

  it("finds a parameter of one's own that has another name", () => {
    assert.deepEqual(fates(model({ scale: [1], "fc.weight": [3, 3] }), model({ scaling: [1], "fc.weight": [3, 3] })), [
      "renamed scaling ← scale",
      "kept fc.weight",
    ]);
  });

  it("does not take one type for another", () => {
    const count = (dtype: string): WeightModel => ({ name: "net", tensors: [{ path: "count", shape: [], dtype }] });
    assert.deepEqual(fates(count("int32"), count("float32")), ["new count", "gone count"]);
  });

  it("leaves out what is declined: a tensor, a layer, a model's layer", () => {
    const now = linears({ fc1: [64, 20], fc2: [64, 64], heads: [3, 64] });
    assert.deepEqual(fates(old, now, ["heads"]).slice(4), ["not renamed heads.weight ← head.weight", "not renamed heads.bias ← head.bias"]);
    assert.deepEqual(fates(old, now, ["net.fc1", "fc2.bias"]).slice(0, 4), [
      "not kept fc1.weight",
      "not kept fc1.bias",
      "kept fc2.weight",
      "not kept fc2.bias",
    ]);
    assert.equal(weightsSentence(matchWeights([old], [now], ["heads"])), "4 tensors kept, 2 new");
  });

  it("tells several models apart by their names, and knows one that has another name by what it holds", () => {
    const generator = model({ "fc.weight": [8, 2] }, { name: "generator", type: "Generator" });
    const critic = model({ "fc.weight": [1, 8] }, { name: "critic", type: "Critic" });
    const judge = model({ "fc.weight": [1, 8] }, { name: "judge", type: "Critic" });
    assert.deepEqual(fates([generator, critic], [judge, generator]), ["kept fc.weight", "kept fc.weight"]);
    const file = { ...critic, name: "" };
    assert.deepEqual(fates(file, [generator, critic]), ["new fc.weight", "kept fc.weight"]);
    assert.deepEqual(fates([generator, critic], [generator]), ["kept fc.weight", "gone fc.weight"]);
  });

  it("of models of one name takes one after the other", () => {
    const member = (width: number): WeightModel => model({ "fc.weight": [width, 2] }, { name: "Member" });
    assert.deepEqual(fates([member(3), member(4)], [member(3), member(4)]), ["kept fc.weight", "kept fc.weight"]);
  });

  describe("of a file that doesn't tell whose it is", () => {
    const file = (tensors: Readonly<Record<string, readonly number[]>>): WeightModel => ({ name: "", tensors: model(tensors).tensors });
    const block = { "attn.c_attn.weight": [24, 72], "attn.c_attn.bias": [72], "attn.c_proj.weight": [24, 24], "attn.c_proj.bias": [24] };
    const linear = { ...block, "attn.c_attn.weight": [72, 24] };
    const below = (prefix: string, tensors: Readonly<Record<string, readonly number[]>>): Record<string, readonly number[]> =>
      Object.fromEntries(Object.entries(tensors).map(([path, shape]) => [prefix + path, shape]));

    it("finds what stands behind a prefix, or in a module of the model", () => {
      const net = { "0.weight": [8, 4], "0.bias": [8], "2.weight": [8, 8], "2.bias": [8] };
      for (const prefix of ["module.", "model.encoder."]) {
        const renamed = Object.keys(net).map((path) => `renamed ${path} ← ${prefix}${path}`);
        assert.deepEqual(fates(file(below(prefix, net)), model(net)), renamed);
        const put = Object.keys(net).map((path) => `renamed ${prefix}${path} ← ${path}`);
        assert.deepEqual(fates(file(net), model(below(prefix, net))), put);
      }
    });

    it("turns linear layers that lie the other way round, and a square one as those beside it", () => {
      const wanted = ["transposed", "kept", "transposed", "kept"];
      assert.deepEqual(
        matchWeights([file(block)], [model(linear)]).map(({ kind }) => kind),
        wanted,
      );
      assert.ok(fates(file(block), model(below("h.0.", linear))).includes("transposed h.0.attn.c_proj.weight ← attn.c_proj.weight"));
      assert.ok(fates(file(linear), model(linear)).every((fate) => fate.startsWith("kept")));
    });

    it("turns nothing of one's own run, whose layers are as they are made here", () => {
      assert.ok(!fates(model(block), model(linear)).some((fate) => fate.startsWith("transposed")));
    });

    it("turns nothing where a bias tells that another layer is meant", () => {
      const before = file({ "fc.weight": [4, 8], "fc.bias": [4], "head.weight": [1, 8], "head.bias": [1] });
      const now = model({ "fc.weight": [8, 4], "fc.bias": [8], "head.weight": [1, 8], "head.bias": [1] });
      assert.deepEqual(
        fates(before, now).filter((fate) => fate.includes("fc.weight")),
        ["new fc.weight", "gone fc.weight"],
      );
    });

    it("gives a file to the model that has most in common with it, whichever is asked first", () => {
      const [small, large] = [linears({ out: [1, 8] }), linears({ fc: [8, 4], out: [1, 8] })];
      const matches = matchWeights(
        [file({ "fc.weight": [8, 4], "fc.bias": [8], "out.weight": [1, 8], "out.bias": [1] })],
        [
          { ...small, name: "first" },
          { ...large, name: "second" },
        ],
      );
      assert.deepEqual(new Set(matches.map(({ kind, model: name }) => `${kind} ${name}`)), new Set(["new first", "kept second"]));
    });

    it("names what is nearest to what found nothing", () => {
      const matches = matchWeights(
        [file({ "fc.weight": [8, 4], "classifier.weight": [1000, 16] })],
        [model({ "fc.weight": [8, 4], "classify.weight": [10, 8] })],
      );
      assert.deepEqual(matches.find(({ kind }) => kind === "new")?.nearest, { path: "classifier.weight", shape: [1000, 16] });
    });
  });

  it("is a table of layers, what has to be looked at first", () => {
    const now = linears({ fc1: [64, 20], fc2: [64, 64], middle: [64, 64], heads: [5, 64] });
    const rows = weightRows(matchWeights([old], [now])).map(({ kind, name, tensors }) => `${kind} ${name}: ${tensors}`);
    assert.deepEqual(rows, [
      "new net.middle: weight [64, 64], bias [64]",
      "new net.heads: weight [5, 64], bias [5]; nearest: head.weight [3, 64], head.bias [3]",
      "gone net.head: weight [3, 64], bias [3]",
      "kept net.fc1: weight [64, 20], bias [64]",
      "kept net.fc2: weight [64, 64], bias [64]",
    ]);
    const [first] = weightRows(matchWeights([old], [linears({ fc1: [64, 20], fc2: [64, 64], head: [5, 64] })]));
    assert.equal(`${first!.kind} ${first!.name}: ${first!.tensors}`, "resized net.head: weight [3, 64] → [5, 64], bias [3] → [5]");
  });
});
