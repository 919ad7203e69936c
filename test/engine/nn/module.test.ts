import assert from "node:assert/strict";
import { inspect } from "node:util";
import { cat, full, KindlingError, nn, ones, randn, ShapeError, tensor, zeros, type Tensor } from "../../../src/engine/index.ts";
import { setInstrument } from "../../../src/engine/instrument.ts";
import { ResNet, SimpleClassifier } from "./models.ts";

class Scaled extends nn.Module {
  scale: nn.Parameter;
  fc: nn.Linear;
  counter!: Tensor;
  hidden: nn.Module[];

  constructor() {
    super();
    this.scale = new nn.Parameter(ones(2));
    this.fc = new nn.Linear(2, 2);
    this.registerBuffer("counter", zeros(1));
    this.registerBuffer("scratch", zeros(3), { persistent: false });
    this.hidden = [new nn.Linear(2, 2)];
  }

  override forward(x: Tensor) {
    return this.fc(x).mul(this.scale);
  }
}

const names = (entries: [string, unknown][]) => entries.map(([name]) => name);

describe("nn.Module", () => {
  it("is called like a function and is an instance of its class", () => {
    const net = new SimpleClassifier(4, 8, 3);
    const y: Tensor = net(randn(5, 4));
    assert.deepEqual(y.shape, [5, 3]);
    assert.equal(typeof net, "function");
    assert.ok(net instanceof SimpleClassifier && net instanceof nn.Module);
    assert.equal(net.constructor, SimpleClassifier);
  });

  it("leaves `name` and `length` to the user", () => {
    class Named extends nn.Module {
      declare name: string;
      constructor() {
        super();
        this.name = "mine";
      }
    }
    const module = new Named();
    assert.equal(module.name, "mine");
    assert.deepEqual(Object.keys(module), ["training", "name"]);
    assert.equal((new nn.Linear(1, 1) as { name?: string }).name, undefined);
  });

  it("finds what is assigned, in order, and nothing in plain arrays", () => {
    const net = new Scaled();
    assert.deepEqual(names(net.namedParameters()), ["scale", "fc.weight", "fc.bias"]);
    assert.deepEqual(names(net.namedParameters({ recurse: false })), ["scale"]);
    assert.deepEqual(names(net.namedParameters({ prefix: "net" })), ["net.scale", "net.fc.weight", "net.fc.bias"]);
    assert.deepEqual(names(net.namedBuffers()), ["counter", "scratch"]);
    assert.deepEqual([...net.stateDict().keys()], ["scale", "counter", "fc.weight", "fc.bias"]);
    assert.deepEqual(names(net.namedChildren()), ["fc"]);
    assert.deepEqual(names(net.namedModules()), ["", "fc"]);
    assert.equal(net.parameters().filter((parameter) => parameter.requiresGrad).length, 3);
    assert.equal(
      net.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0),
      8,
    );
  });

  it("keeps a property's place when it is set to null and replaced", () => {
    const net: { layer1: nn.Module | null } & Pick<nn.Module, "namedChildren"> = new SimpleClassifier(2, 3, 2);
    net.layer1 = null;
    assert.equal(names(net.namedChildren())[0], "bn1");
    net.layer1 = new nn.Identity();
    assert.equal(names(net.namedChildren())[0], "layer1");
  });

  it("lists a shared parameter or module once, but saves it under both names", () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 2));
    const [first, second] = [net.at(0) as nn.Linear, net.at(1) as nn.Linear];
    second.weight = first.weight;
    assert.deepEqual(names(net.namedParameters()), ["0.weight", "0.bias", "1.bias"]);
    assert.equal(net.stateDict().size, 4);
    const twice = new nn.Sequential(first, first);
    assert.equal(twice.children().length, 1);
    assert.deepEqual(twice(ones(1, 2)).tolist(), first(first(ones(1, 2))).tolist());
  });

  it("fields that a compiler defines before the constructor's body do no harm", () => {
    class Declared extends nn.Module {
      fc: nn.Linear = undefined as unknown as nn.Linear;
      counter: Tensor = undefined as unknown as Tensor;
      constructor() {
        super();
        this.registerBuffer("counter", zeros(1));
        this.fc = new nn.Linear(1, 1);
      }
    }
    assert.deepEqual([...new Declared().stateDict().keys()], ["counter", "fc.weight", "fc.bias"]);
  });

  it("reaches into the tree by path", () => {
    const net = new ResNet(2, 3, 2, 2);
    assert.equal(net.getSubmodule("blocks.1.block.0"), net.blocks.at(1).block.at(0));
    assert.equal(net.getParameter("input_layer.weight"), net.input_layer.weight);
    assert.deepEqual(net.getBuffer("blocks.0.block.1.running_var").tolist(), [1, 1, 1]);
    assert.throws(() => net.getSubmodule("blocks.7"), /ModuleList has no submodule `7`/);
    assert.throws(() => net.getParameter("input_layer.scale"), /Linear has no parameter `scale`/);
  });

  it("refuses bad names", () => {
    const net = new nn.Module();
    assert.throws(() => net.registerBuffer("a.b", zeros(1)), /buffer name can't contain "\."/);
    assert.throws(() => net.registerParameter("", null), /parameter name can't be empty string ""/);
    assert.throws(() => net.addModule("forward", new nn.ReLU()), /attribute 'forward' already exists/);
  });

  it("train, eval, apply, requiresGrad_ and zeroGrad reach every module", () => {
    const net = new ResNet(2, 3, 2, 1);
    assert.equal(
      net
        .eval()
        .modules()
        .some((module) => module.training),
      false,
    );
    assert.equal(
      net
        .train()
        .modules()
        .every((module) => module.training),
      true,
    );
    const seen: string[] = [];
    net.apply((module) => void seen.push(module.constructor.name));
    assert.deepEqual(seen.slice(-2), ["Linear", "ResNet"]);
    net.requiresGrad_(false);
    assert.equal(
      net.parameters().some((parameter) => parameter.requiresGrad),
      false,
    );
    net.requiresGrad_();
    net(randn(4, 2)).sum().backward();
    net.zeroGrad({ setToNone: false });
    assert.deepEqual(net.output_layer.bias!.grad!.tolist(), [0, 0]);
    net.zeroGrad();
    assert.equal(net.output_layer.bias!.grad, null);
  });

  it("loads a state dict by copying, and reports what didn't fit when not strict", () => {
    const [from, to] = [new SimpleClassifier(2, 3, 2), new SimpleClassifier(2, 3, 2)];
    const weight = to.layer1.weight;
    assert.deepEqual(to.loadStateDict(from.stateDict()), { missingKeys: [], unexpectedKeys: [] });
    assert.equal(to.layer1.weight, weight);
    assert.deepEqual(weight.tolist(), from.layer1.weight.tolist());
    const loose = to.loadStateDict({ "output.bias": tensor([5, 6]), other: tensor([1]) }, { strict: false });
    assert.deepEqual(loose.unexpectedKeys, ["other"]);
    // A plain object doesn't tell its version: the counts of batches may be from before there were any.
    assert.equal(loose.missingKeys.length, [...to.stateDict().keys()].filter((key) => !key.endsWith("num_batches_tracked")).length - 1);
    assert.deepEqual(to.output.bias!.tolist(), [5, 6]);
    assert.throws(() => to.loadStateDict({ "output.bias": tensor([1, 2, 3]) }, { strict: false }), /size mismatch for output\.bias/);
  });

  it("says which module failed, from the outermost one, once", () => {
    const net = new SimpleClassifier(20, 64, 3);
    const message = "mat1 and mat2 shapes cannot be multiplied (32x7 and 20x64) in layer1 (Linear) of SimpleClassifier";
    assert.throws(
      () => net(randn(32, 7)),
      (error) => {
        assert.ok(error instanceof ShapeError);
        assert.equal(error.message, message);
        assert.ok(error.stack!.split("\n")[0]!.endsWith(message));
        assert.deepEqual(error.modulePath, ["layer1 (Linear)", "SimpleClassifier"]);
        return true;
      },
    );
    const deep = new ResNet(2, 3, 2, 2);
    deep.blocks.at(1).block[3] = new nn.Linear(4, 3);
    assert.throws(() => deep(randn(4, 2)), / in blocks\.1\.block\.3 \(Linear\) of ResNet$/);
  });

  it("leaves the errors of user code as they are", () => {
    class Broken extends nn.Module {
      override forward(_x: Tensor): Tensor {
        throw new TypeError("mine");
      }
    }
    assert.throws(() => new nn.Sequential(new Broken())(ones(1)), { name: "TypeError", message: "mine" });
    assert.throws(
      () => new nn.Module()(ones(1)),
      (error) => error instanceof KindlingError && /missing the required "forward"/.test(error.message),
    );
  });

  it("is shown by console.log as PyTorch prints it", () => {
    assert.equal(inspect(new nn.Linear(2, 3)), "Linear(in_features=2, out_features=3, bias=True)");
  });

  it("tells an instrument of constructions, calls inside out, and failures", () => {
    const events: string[] = [];
    const type = (module: object) => module.constructor.name;
    setInstrument({
      moduleConstructed: (module) => events.push(`new ${type(module)}`),
      forward: (module, inputs, output) => events.push(`${type(module)} ${inputs.length} ${(output as Tensor).shape.join("x")}`),
      forwardFailed: (module) => events.push(`failed ${type(module)}`),
    });
    try {
      const net = new nn.Sequential(new nn.Linear(2, 3), new nn.Tanh());
      net(ones(1, 2));
      assert.throws(() => net(ones(1, 5)));
    } finally {
      setInstrument(null);
    }
    assert.deepEqual(events, [
      "new Linear",
      "new Tanh",
      "new Sequential",
      "Linear 1 1x3",
      "Tanh 1 1x3",
      "Sequential 1 1x3",
      "failed Linear",
      "failed Sequential",
    ]);
  });
});

describe("modules with other signatures", () => {
  it("take several inputs, some of them optional", () => {
    class Conditional extends nn.Module<[x: Tensor, useA?: boolean]> {
      pathA = new nn.Linear(2, 3);
      pathB = new nn.Linear(2, 4);
      override forward(x: Tensor, useA = true) {
        return useA ? this.pathA(x) : this.pathB(x);
      }
    }
    const net = new Conditional();
    net.registerForwardHook((_, [x, useA], output) => assert.deepEqual([x.shape, useA, output.shape], [[1, 2], false, [1, 4]]));
    assert.deepEqual(net(ones(1, 2), false).shape, [1, 4]);
  });

  it("return something other than one tensor", () => {
    class MultiTask extends nn.Module<[x: Tensor, task: string], Record<string, Tensor>> {
      heads = new nn.ModuleDict({ sentiment: new nn.Linear(2, 3), topic: new nn.Linear(2, 10) });
      override forward(x: Tensor, task: string) {
        return { [task]: this.heads.get(task)(x) };
      }
    }
    assert.deepEqual(new MultiTask()(ones(4, 2), "topic").topic!.shape, [4, 10]);
  });

  it("with a list of outputs have all gradients in one backward hook", () => {
    class Pair extends nn.Module<[x: Tensor], [Tensor, Tensor]> {
      override forward(x: Tensor): [Tensor, Tensor] {
        return [x.mul(2), x.mul(3)];
      }
    }
    const net = new Pair();
    const seen: unknown[] = [];
    net.registerFullBackwardHook((_, gradInputs, gradOutputs) => void seen.push(gradInputs, gradOutputs));
    const x = tensor([1, 1], { requiresGrad: true });
    const [a, b] = net(x);
    a.sum().add(b.sum().mul(10)).backward();
    assert.deepEqual(x.grad!.tolist(), [32, 32]);
    const values = (seen as (Tensor | null)[][]).map((group) => group.map((gradient) => gradient && gradient.tolist()));
    assert.deepEqual(values, [
      [[32, 32]],
      [
        [1, 1],
        [10, 10],
      ],
    ]);
    const [first] = net(x);
    seen.length = 0;
    first.sum().backward();
    assert.equal((seen[1] as unknown[])[1], null);
  });
});

describe("containers", () => {
  it("ModuleList says what is wrong with a list that Array(n).map(…) left empty", () => {
    assert.throws(() => new nn.ModuleList(Array(3).map(() => new nn.Linear(2, 2))), /a place of the list is empty.*Array\.from\(\{ length: n \}/);
  });

  it("ModuleList: length, index, slice, iteration, append, extend, insert", () => {
    const [a, b, c, d] = [new nn.Linear(1, 1), new nn.Linear(1, 2), new nn.Linear(1, 3), new nn.Linear(1, 4)] as const;
    const list = new nn.ModuleList([a]);
    list.append(c).extend([d]);
    list.insert(1, b);
    assert.equal(list.length, 4);
    assert.deepEqual([...list], [a, b, c, d]);
    assert.equal(list.at(-1), d);
    assert.equal(list[1], b);
    assert.deepEqual([...list.slice(1, 3)], [b, c]);
    assert.deepEqual(names(list.namedParameters()).slice(0, 2), ["0.weight", "0.bias"]);
    assert.throws(() => list.at(4), /index 4 is out of range/);
    assert.throws(() => list.append(undefined as unknown as nn.Linear), /missing 1 required argument: 'module'/);
  });

  it("ModuleDict: get, iteration over names, entries, values", () => {
    const [a, b] = [new nn.Linear(1, 1), new nn.Linear(1, 2)];
    const dict = new nn.ModuleDict({ first: a, second: b });
    assert.equal(dict.get("second"), b);
    assert.deepEqual([...dict], ["first", "second"]);
    assert.deepEqual(dict.values(), [a, b]);
    assert.deepEqual(dict.entries(), [
      ["first", a],
      ["second", b],
    ]);
    assert.equal(dict.pop("first"), a);
    assert.equal(dict.has("first"), false);
    assert.throws(() => dict.get("first"), { name: "KeyError" });
  });

  it("a list or dictionary with a forward of its own is called, with its hooks; one without says what it lacks", () => {
    class DenseBlock extends nn.ModuleDict<nn.Linear> {
      override forward(initial: Tensor) {
        const features = [initial];
        for (const layer of this.values()) features.push(layer(cat(features, 1)));
        return cat(features, 1);
      }
    }
    class Averaged extends nn.ModuleList<nn.Linear> {
      override forward(x: Tensor, weight: Tensor) {
        return [...this].reduce((sum, layer) => sum.add(layer(x).mul(weight)), zeros(x.size(0), 1));
      }
    }
    class Scaled extends nn.ParameterDict {
      override forward(x: Tensor) {
        return x.mul(this.get("scale"));
      }
    }
    const block = new DenseBlock({ denselayer1: new nn.Linear(2, 3), denselayer2: new nn.Linear(5, 3) });
    const seen: number[][] = [];
    block.registerForwardHook((_, inputs, output) => void seen.push(inputs[0].shape, output.shape));
    const net = new nn.Sequential(block, new nn.Linear(8, 1));
    net(ones(4, 2)).sum().backward();
    assert.deepEqual(seen, [
      [4, 2],
      [4, 8],
    ]);
    assert.deepEqual(names(net.namedParameters()).slice(0, 2), ["0.denselayer1.weight", "0.denselayer1.bias"]);
    assert.ok(block.parameters().every((parameter) => parameter.grad !== null));
    const averaged: Tensor = new Averaged([new nn.Linear(2, 1), new nn.Linear(2, 1)])(ones(4, 2), full([1], 0.5));
    assert.deepEqual(
      [averaged.shape, new Scaled({ scale: full([1], 3) })(ones(2)).tolist()],
      [
        [4, 1],
        [3, 3],
      ],
    );
    const plain: nn.AnyModule = new nn.ModuleList([new nn.ReLU()]);
    assert.throws(() => plain(ones(1)), /Module \[ModuleList\] is missing the required "forward" function/);
  });

  it("Sequential by name and by position", () => {
    const net = new nn.Sequential({ fc: new nn.Linear(2, 3), act: new nn.ReLU() });
    assert.deepEqual(names(net.namedChildren()), ["fc", "act"]);
    assert.deepEqual(net(ones(4, 2)).shape, [4, 3]);
    assert.deepEqual(net.slice(0, 1)(ones(4, 2)).shape, [4, 3]);
    const grown = new nn.Sequential(new nn.Linear(2, 3)).append(new nn.Linear(3, 1));
    assert.deepEqual(grown(ones(4, 2)).shape, [4, 1]);
    assert.equal(grown.length, 2);
  });
});
