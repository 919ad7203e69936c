import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arange, device, load, nn, optim, save, tensor, Tensor, zeros } from "../../../src/engine/index.ts";
import { readTorch } from "../../../src/engine/io/torchReader.ts";
import { writeTorch } from "../../../src/engine/io/torchWriter.ts";
import { assertClose } from "../../fixtures/closeTo.ts";
import { fixturePath } from "../../fixtures/files/read.ts";
import { hasTorch, printedByPython } from "../../python/python.ts";

describe("files of PyTorch", () => {
  for (const [format, file] of [
    ["today's format", "values.pt"],
    ["the format before 1.6", "values_legacy.pt"],
  ] as const) {
    describe(`in ${format}`, () => {
      let values: ReturnType<typeof load<any>>;
      before(() => (values = load(fixturePath(file))));
      const list = (name: string): unknown => (values[name] as Tensor).tolist();

      it("give tensors with their shapes and values, views too", () => {
        assert.deepEqual(list("tensor"), [
          [0, 1, 2, 3],
          [4, 5, 6, 7],
          [8, 9, 10, 11],
        ]);
        assert.deepEqual(list("transposed"), [
          [0, 4, 8],
          [1, 5, 9],
          [2, 6, 10],
          [3, 7, 11],
        ]);
        assert.deepEqual([list("row"), list("column"), list("scalar")], [[4, 5, 6, 7], [1, 5, 9], 2.5]);
        assert.deepEqual([values.empty.shape, values.empty.numel()], [[0, 3], 0]);
      });

      it("let views share their memory", () => {
        const fresh = load(fixturePath(file));
        fresh.tensor.fill_(7);
        assert.deepEqual(fresh.row.tolist(), [7, 7, 7, 7]);
        assert.deepEqual(fresh.ordered.get("a").tolist(), [7, 7, 7, 7]);
      });

      it("give parameters, frozen ones too", () => {
        assert.ok(values.parameter instanceof nn.Parameter && values.frozen instanceof nn.Parameter);
        assert.deepEqual([values.parameter.requiresGrad, values.frozen.requiresGrad], [true, false]);
        assert.deepEqual([list("parameter"), list("frozen")], [[1, -2], [3]]);
      });

      it("convert element types", () => {
        const f = Math.fround;
        const types = ["float16", "bfloat16", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"].map((name) => values[name].dtype);
        assert.deepEqual(types, ["float32", "float32", "float32", "int32", "int32", "int32", "int32", "uint8", "bool"]);
        assertClose(list("float16"), [0.0999755859375, -65504, 5.960464477539063e-8, Infinity], { atol: 0, rtol: 0 });
        assertClose(list("bfloat16"), [0.10009765625, 3.00405527047391e38], { atol: 0, rtol: 0 });
        assert.deepEqual(list("float64"), [f(0.1), Infinity]);
        assert.deepEqual(
          [list("int8"), list("int16"), list("int32"), list("int64")],
          [
            [-128, 127],
            [-32768, 7],
            [-(2 ** 31), 2 ** 31 - 1],
            [-(2 ** 31), 5],
          ],
        );
        assert.deepEqual(
          [list("uint8"), list("bool")],
          [
            [0, 255],
            [true, false],
          ],
        );
      });

      it("give plain values", () => {
        const { int, negative, large, huge, float, none, yes, no, text, tuple, size, dtype } = values;
        assert.ok(values.device === device("cpu"));
        assert.deepEqual(
          { int, negative, large, huge, float, none, yes, no, text, tuple, size, dtype },
          {
            int: 3,
            negative: -70000,
            large: 2 ** 40,
            huge: 2n ** 70n,
            float: 1.5,
            none: null,
            yes: true,
            no: false,
            text: "größe",
            tuple: [1, 2],
            size: [3, 4],
            dtype: "float32",
          },
        );
        assert.deepEqual([values.bytes, values.list, values.set], [new Uint8Array([0, 255]), [1, [2, [3, "x"]]], new Set([1, 2])]);
        assert.deepEqual([...values.ordered.keys()], ["b", "a"]);
        assert.deepEqual(
          values.numbered,
          new Map<number, unknown>([
            [0, "zero"],
            [7, { deep: [null] }],
          ]),
        );
        assert.deepEqual(
          values.counter,
          new Map([
            [30, 1],
            [80, 2],
          ]),
        );
      });

      it("give NumPy's numbers and arrays", () => {
        assert.deepEqual([values.numpyScalar, values.numpyInt], [0.1, -4]);
        assert.deepEqual(
          [list("numpyArray"), values.numpyArray.dtype],
          [
            [
              [0, 1, 2],
              [3, 4, 5],
            ],
            "int32",
          ],
        );
        assert.deepEqual(list("fortran"), [
          [0, 1, 2],
          [3, 4, 5],
        ]);
      });
    });
  }

  it("are refused by name where they ask for anything but values, and nothing runs", () => {
    const evil = fixturePath("evil.pt");
    assert.throws(() => load(evil), { message: `refused: ${evil} asks for posix.system; only tensors and plain values are read` });
    assert.equal(existsSync("kindling_was_here"), false);
  });

  it("are refused with advice where they hold a whole model", () => {
    assert.throws(() => load(fixturePath("whole_module.pt")), /asks for torch\.nn\.modules\.linear\.Linear; .*save a model's state_dict\(\) instead/);
  });

  it("say which integer doesn't fit", () => {
    assert.throws(() => load(fixturePath("too_large.pt")), /too_large\.pt, storage 0: element 1 is 2147483648, which doesn't fit into int32/);
  });

  it("are told from other files", () => {
    const notes = new TextEncoder().encode("just a text");
    assert.throws(() => readTorch(notes, "notes.pt"), /notes\.pt is no PyTorch file/);
    assert.throws(() => readTorch(new Uint8Array(0), "empty.pt"), /empty\.pt is no PyTorch file/);
    assert.throws(() => load("missing.pt"), /can't read missing\.pt: there is no such file/);
  });
});

describe("save", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "kindling-save-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("gives back what was saved, with shared memory and identity", () => {
    const base = arange(6, { dtype: "float32" }).reshape(2, 3);
    const path = join(folder, "views.pt");
    save({ base, turned: base.t(), again: base, list: [1, 2.5, -0, NaN, 1e300, 2n ** 80n], nothing: null, map: new Map([["k", new Set(["v"])]]) }, path);
    const found = load(path);
    assert.deepEqual(found.turned.tolist(), [
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    assert.equal(found.base, found.again);
    found.base.zero_();
    assert.deepEqual(found.turned.tolist(), [
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    assert.deepEqual(found.list, [1, 2.5, -0, NaN, 1e300, 2n ** 80n]);
    assert.deepEqual([found.nothing, found.map], [null, new Map([["k", new Set(["v"])]])]);
    assert.deepEqual(readdirSync(folder), ["views.pt"]);
  });

  it("keeps devices, by their names and numbers", () => {
    const places = [tensor([1]).device, device("cuda:1"), device("cpu")];
    const found = readTorch(writeTorch(places, "any.pt"), "places.pt") as unknown[];
    assert.ok(found.every((each, i) => each === places[i]));
  });

  it("keeps a loop in the value a loop", () => {
    const node: { self?: unknown } = {};
    node.self = node;
    const found = readTorch(writeTorch(node, "any.pt"), "loop.pt") as typeof node;
    assert.equal(found.self, found);
  });

  it("says what can't be saved, where it is, and what to save instead", () => {
    const fc = new nn.Linear(2, 1);
    const path = join(folder, "bad.pt");
    assert.throws(() => save({ model: fc }, path), /can't save the value\.model: save the stateDict\(\) of the Linear instead of the Linear itself/);
    assert.throws(() => save({ steps: [new optim.SGD(fc.parameters(), { lr: 1 })] }, path), /the value\.steps\[0\]: save the stateDict\(\) of the SGD/);
    assert.throws(() => save([new Float32Array(2)], path), /make a tensor of the Float32Array/);
    assert.throws(() => save({ when: new Date(0) }, path), /a Date is neither a tensor nor a plain value/);
    assert.throws(() => save({ f: () => 1 }, path), /a Function is neither/);
    let nested: unknown[] = [];
    for (let i = 0; i < 100_000; i++) nested = [nested];
    assert.throws(() => save(nested, path), /it is nested too deeply/);
    assert.equal(existsSync(path), false);
    assert.throws(() => save({}, join(folder, "none", "x.pt")), /can't write .*x\.pt: there is no such folder/);
  });

  it("lets every tensor begin at a multiple of 64 bytes, and the same value give the same bytes", () => {
    const value = { a: tensor([1.5, 2]), b: zeros(3, { dtype: "bool" }) };
    const bytes = writeTorch(value, "any.pt");
    assert.deepEqual(writeTorch(value, "any.pt"), bytes);
    const needle = Buffer.from(new Float32Array([1.5, 2]).buffer);
    assert.equal(Buffer.from(bytes).indexOf(needle) % 64, 0);
  });

  it("writes what torch.load opens; without PyTorch at hand, the pickle that PyTorch opened", async () => {
    const base = arange(6, { dtype: "float32" }).reshape(2, 3);
    const value = {
      base,
      turned: base.t(),
      ids: tensor(new Int32Array([1, -2])),
      mask: tensor([true, false]),
      bytes: tensor(new Uint8Array([9])),
      parameter: new nn.Parameter(tensor([1])),
      scalar: tensor(2.5),
      empty: zeros(0, 2),
      int: 3,
      float: 0.5,
      large: 2 ** 40,
      huge: -(2n ** 80n),
      text: "größe",
      none: null,
      yes: true,
      raw: new Uint8Array([0, 255]),
      state: new Map<unknown, unknown>([["w", base]]),
      numbered: new Map([[0, { step: 1 }]]),
      set: new Set([1, 2]),
      list: [1, [2, []]],
    };
    const path = join(folder, "ours.pt");
    save(value, path);
    const expected = readFileSync(fixturePath("ours.txt"), "utf8");
    if (await hasTorch()) assert.equal(await printedByPython(folder, [fixturePath("show_file.py"), path]), expected);
    assert.deepEqual(readFileSync(path), readFileSync(fixturePath("ours.pt")));
  });
});
