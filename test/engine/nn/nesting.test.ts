import assert from "node:assert/strict";
import { deepcopy, KindlingError, nn, type Tensor } from "../../../src/engine/index.ts";

class Holder extends nn.Module {
  layer = new nn.Linear(1, 1);
  other: nn.Module | null = null;

  override forward(x: Tensor): Tensor {
    return this.layer(x);
  }
}

function nested(depth: number): nn.Sequential {
  let module = new nn.Sequential(new nn.Linear(1, 1));
  for (let i = 1; i < depth; i++) module = new nn.Sequential(module);
  return module;
}

describe("modules that hold themselves", () => {
  const own = new Holder();
  own.other = own as never;
  const [one, two] = [new Holder(), new Holder()];
  one.other = two as never;
  two.other = one as never;

  it("print, with no more than the class where they come again", () => {
    assert.equal(String(own), "Holder(\n  (layer): Linear(in_features=1, out_features=1, bias=True)\n  (other): Holder(...)\n)");
    const inner = "(other): Holder(\n    (layer): Linear(in_features=1, out_features=1, bias=True)\n    (other): Holder(...)\n  )";
    assert.equal(String(one), `Holder(\n  (layer): Linear(in_features=1, out_features=1, bias=True)\n  ${inner}\n)`);
  });

  it("have parameters and modules, each once, as in PyTorch", () => {
    assert.deepEqual(
      own.namedParameters().map(([name]) => name),
      ["layer.weight", "layer.bias"],
    );
    assert.deepEqual(
      own.namedModules().map(([path]) => path),
      ["", "layer"],
    );
    assert.deepEqual(
      one.namedModules().map(([path]) => path),
      ["", "layer", "other", "other.layer"],
    );
    assert.equal(own.eval().layer.training, false);
    own.train();
  });

  it("are copied with the circle", () => {
    const copy = deepcopy(one);
    const other = copy.other as unknown as Holder;
    assert.ok(copy !== one && other !== two && (other.other as unknown) === copy);
    assert.notEqual(copy.layer.weight, one.layer.weight);
  });

  it("say why they have no state dict and can't be applied to, where PyTorch has a RecursionError", () => {
    const says = (error: Error): boolean =>
      error instanceof KindlingError && /maximum recursion depth exceeded: other(\.other)? is the Holder that holds it/.test(error.message);
    assert.throws(() => own.stateDict(), says);
    assert.throws(() => one.stateDict(), says);
    assert.throws(() => own.apply(() => {}), says);
  });
});

describe("modules nested 3,000 deep", () => {
  const deep = nested(3000);

  it("print", () => {
    const lines = String(deep).split("\n");
    assert.equal(lines.length, 2 * 3000 + 1);
    assert.equal(lines[3000], `${" ".repeat(6000)}(0): Linear(in_features=1, out_features=1, bias=True)`);
  });

  it("have parameters, modules and a state dict, are trained, applied to and copied", () => {
    assert.equal(deep.parameters().length, 2);
    assert.equal(deep.modules().length, 3001);
    assert.deepEqual(
      [...deep.stateDict().keys()].map((name) => name.length),
      ["0.".repeat(3000).length + 6, "0.".repeat(3000).length + 4],
    );
    assert.deepEqual(deep.loadStateDict(deep.stateDict()).missingKeys, []);
    deep.eval();
    const seen: nn.Module[] = [];
    deep.apply((module) => void seen.push(module));
    assert.deepEqual([seen.length, seen[0] instanceof nn.Linear, seen.at(-1) === deep], [3001, true, true]);
    const copy = deepcopy(deep);
    assert.equal(copy.modules().length, 3001);
    assert.ok(copy.modules().every((module) => !module.training));
  });

  it("say so where their text is longer than a text can be", () => {
    assert.throws(() => String(nested(30_000)), /the modules are nested too deeply to be printed; print a part of them/);
  });
});

describe("a module in two places", () => {
  it("is printed, saved and applied to in both, as in PyTorch", () => {
    const shared = new nn.Linear(1, 1);
    const model = new nn.Sequential(new nn.Sequential(shared), new nn.Sequential(shared));
    assert.deepEqual([...model.stateDict().keys()], ["0.0.weight", "0.0.bias", "1.0.weight", "1.0.bias"]);
    let times = 0;
    model.apply((module) => void (times += Number(module === shared)));
    assert.equal(times, 2);
    assert.equal(String(model).match(/Linear/g)!.length, 2);
  });
});
