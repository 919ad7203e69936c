import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as torch from "../../src/engine/index.ts";

const { cuda, device, nn } = torch;

describe("devices", () => {
  const chosen = device(cuda.isAvailable() ? "cuda" : "cpu");

  it("are the processor, as text and by comparison", () => {
    const x = torch.zeros(2);
    assert.equal(String(x.device), "cpu");
    assert.equal(`${x.device}`, "cpu");
    assert.equal(inspect(x.device), "cpu");
    assert.equal(JSON.stringify({ device: x.device }), '{"device":"cpu"}');
    assert.equal(x.device.type, "cpu");
    assert.equal(x.device.index, null);
    assert.ok(x.device === device("cpu"));
    assert.ok(x.device === chosen);
    assert.ok(x.device instanceof torch.Device);
    assert.ok(x.isCpu && !x.isCuda);
    assert.equal(x.getDevice(), -1);
  });

  it("can be named with and without a number", () => {
    assert.equal(String(device("cuda:1")), "cuda:1");
    assert.equal(device("cuda", 1).index, 1);
    assert.ok(device("cuda", 1) === device("cuda:1"));
    assert.equal(device({ type: "cuda", index: 0 }).type, "cuda");
    assert.ok(device(chosen) === chosen);
    assert.throws(() => device("gpu"), /Expected one of cpu, cuda, .* device type at start of device string: gpu/);
    assert.throws(() => device("cuda:x"), /Invalid device string: 'cuda:x'/);
    assert.throws(() => device("cuda:1", 1), /must not include an index/);
  });

  it("are taken wherever PyTorch takes them", () => {
    const x = torch.ones(2, { device: chosen });
    assert.ok(x.to(chosen) === x);
    assert.ok(x.to({ device: chosen }) === x);
    assert.ok(x.to("cpu:0") === x);
    assert.equal(x.to(chosen, "int32").dtype, "int32");
    assert.equal(torch.tensor([1, 2], { device: "cpu" }).device, chosen);
    for (const made of [
      torch.zeros(2, { device: chosen }),
      torch.empty(2, { device: chosen }),
      torch.rand([2], { device: chosen }),
      torch.randn(2, { device: chosen }),
    ]) {
      assert.deepEqual([...made.shape], [2]);
    }
    assert.deepEqual(torch.full([2], 1, { device: chosen }).tolist(), [1, 1]);
    assert.deepEqual(torch.arange(3, { device: chosen }).tolist(), [0, 1, 2]);
    assert.deepEqual(torch.randint(0, 1, [2], { device: chosen }).tolist(), [0, 0]);
    assert.equal(torch.randperm(3, { device: chosen }).length, 3);
    assert.deepEqual(torch.zerosLike(x, { device: chosen }).tolist(), [0, 0]);
    assert.deepEqual(torch.asTensor(x, { device: chosen }).tolist(), [1, 1]);
    assert.deepEqual(torch.eye(1, 1, { device: chosen }).tolist(), [[1]]);
    assert.deepEqual(torch.linspace(0, 1, 2, { device: chosen }).tolist(), [0, 1]);
    const model = new nn.Linear(2, 1);
    assert.ok(model.to(chosen) === model);
    assert.ok(model.to(chosen, "float32") === model);
    assert.equal(new torch.Generator(chosen).device, chosen);
    assert.equal(String(model.weight.device), "cpu");
    for (const mapLocation of [chosen, "cpu", null, () => "cpu"]) assert.throws(() => torch.load("nothing.pt", { mapLocation }), /no such file/);
    assert.throws(() => torch.load("nothing.pt", { weightsOnly: true }), /no such file/);
  });

  it("other than the processor are refused where something is to be put on them", () => {
    const card = device("cuda");
    const words = /There is one device, the processor: nothing can be put on 'cuda'/;
    const x = torch.ones(2);
    const model = new nn.Linear(2, 1);
    for (const put of [
      () => torch.zeros(2, { device: card }),
      () => torch.tensor([1], { device: "cuda" }),
      () => torch.randn(2, { device: card }),
      () => torch.asTensor(x, { device: card }),
      () => torch.zerosLike(x, { device: card }),
      () => torch.arange(3, { device: card }),
      () => torch.randperm(3, { device: card }),
      () => x.to(card),
      () => x.to("cuda"),
      () => x.to({ device: card }),
      () => x.cuda(),
      () => model.to(card),
      () => model.to("cuda"),
      () => model.cuda(),
      () => new torch.Generator("cuda"),
      () => torch.load("nothing.pt", { mapLocation: card }),
      () => torch.load("nothing.pt", "cuda"),
    ])
      assert.throws(put, words, String(put));
    assert.throws(() => x.to("cpu:1"), /nothing can be put on 'cpu:1'/);
    assert.throws(() => x.to("mps"), /nothing can be put on 'mps'/);
    assert.throws(() => model.to("int32"), /can't convert to 'int32'/);
  });

  it("count no graphics card, which can be seeded like one", () => {
    assert.equal(cuda.isAvailable(), false);
    assert.equal(cuda.deviceCount(), 0);
    cuda.manualSeed(1);
    cuda.manualSeedAll(1);
    cuda.emptyCache();
    assert.equal(cuda.memoryAllocated(), 0);
    assert.throws(() => cuda.getDeviceName(0), /There is one device, the processor/);
    assert.throws(() => cuda.synchronize(), /CUDA/);
  });
});

describe("whole numbers at random", () => {
  it("come in the type that is asked for", () => {
    assert.equal(torch.randperm(3, { dtype: "float32" }).dtype, "float32");
    assert.equal(torch.randint(0, 5, [2], { dtype: "uint8" }).dtype, "uint8");
    assert.ok(torch.randperm(3, { dtype: "float32", requiresGrad: true }).requiresGrad);
    assert.throws(() => torch.randperm(3, { requiresGrad: true }), /floating point/);
  });

  it("are taken by layers, where PyTorch takes them: the processor, by position or by name", () => {
    for (const chosen of ["cpu", device("cpu"), null]) {
      assert.equal(String(new nn.Linear(2, 3, { device: chosen })), "Linear(in_features=2, out_features=3, bias=True)");
      assert.equal(String(new nn.Linear(2, 3, false, chosen, "float32")), "Linear(in_features=2, out_features=3, bias=False)");
      assert.equal(String(new nn.LayerNorm(4, { device: chosen, dtype: "float32" })), String(new nn.LayerNorm(4)));
    }
    for (const chosen of ["cuda", device("cuda"), device("mps")]) {
      assert.throws(() => new nn.Conv2d(1, 2, 3, { device: chosen }), /argument 'device' must be the one device there is, "cpu" or null, not/);
    }
  });
});
