import assert from "node:assert/strict";
import { manualSeed, nn, randn, tensor, type Tensor } from "../../../src/engine/index.ts";
import { assertClose } from "../../fixtures/closeTo.ts";
import { readFixture } from "../../fixtures/read.ts";

type Event = [kind: string, name: string, groups: unknown[][]];

const expected = readFixture<{
  hooks: { x: number[][]; events: Event[]; gradients: unknown[] };
  replacing: { x: number[][]; y: number[][]; xGradient: number[][]; weightGradient: number[][] };
}>("modules.json");

const listed = (group: unknown): unknown[] => (Array.isArray(group) ? group : [group]).map((value: Tensor | null) => value && value.tolist());

describe("hooks", () => {
  it("run in PyTorch's order and are shown what PyTorch shows", () => {
    manualSeed(5);
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.Tanh(), new nn.Linear(3, 1));
    const x = randn(4, 2);
    const events: Event[] = [];
    const note = (kind: string, name: string, ...groups: unknown[]) => void events.push([kind, name, groups.map(listed)]);
    for (const [name, module] of [
      ["net", net],
      ["0", net.at(0)],
      ["1", net.at(1)],
      ["2", net.at(2)],
    ] as const) {
      module.registerForwardPreHook((_, inputs) => note("pre", name, inputs));
      module.registerForwardHook((_, inputs, output) => note("forward", name, inputs, output));
      module.registerFullBackwardHook((_, gradInputs, gradOutputs) => note("backward", name, gradInputs, gradOutputs));
    }
    net(x).sum().backward();
    assert.deepEqual(x.tolist(), expected.hooks.x);
    assert.deepEqual(
      events.map(([kind, name]) => [kind, name]),
      expected.hooks.events.map(([kind, name]) => [kind, name]),
    );
    events.forEach(([kind, name, groups], i) => assertClose(groups, expected.hooks.events[i]![2], {}, `${kind} ${name}`));
    assertClose(
      net.parameters().map((parameter) => parameter.grad!.tolist()),
      expected.hooks.gradients,
    );
  });

  it("may replace inputs, outputs and gradients", () => {
    manualSeed(6);
    const net = new nn.Linear(3, 2);
    const x = randn([5, 3], { requiresGrad: true });
    net.registerForwardPreHook((_, [input]) => input.mul(2));
    net.registerForwardHook((_module, _inputs, output) => output.add(1));
    net.registerFullBackwardHook((_, gradInputs) => [gradInputs[0]!.mul(10)]);
    const y = net(x);
    y.sum().backward();
    assertClose(y.tolist(), expected.replacing.y);
    assertClose(x.grad!.tolist(), expected.replacing.xGradient);
    assertClose(net.weight.grad!.tolist(), expected.replacing.weightGradient);
  });

  it("a gradient replaced before backward is the one that flows on", () => {
    const net = new nn.Linear(2, 1);
    net.registerFullBackwardPreHook((_, [gradOutput]) => gradOutput!.mul(3));
    net(tensor([[1, 2]]))
      .sum()
      .backward();
    assert.deepEqual(net.weight.grad!.tolist(), [[3, 6]]);
  });

  it("stop when their handle is removed, or at the end of a `using` block", () => {
    const net = new nn.Tanh();
    let calls = 0;
    const handle = net.registerForwardHook(() => void calls++);
    net(tensor([1]));
    handle.remove();
    net(tensor([1]));
    const scoped = net.registerForwardHook(() => void calls++);
    net(tensor([1]));
    scoped[Symbol.dispose]();
    net(tensor([1]));
    assert.equal(calls, 2);
  });

  it("see no gradient of an input that is used elsewhere, too", () => {
    const net = new nn.Linear(2, 1, { bias: false });
    const x = tensor([[1, 1]], { requiresGrad: true });
    let seen: unknown;
    net.registerFullBackwardHook((_, [gradInput]) => void (seen = gradInput!.tolist()));
    net(x).sum().add(x.sum().mul(100)).backward();
    assertClose(seen, net.weight.tolist());
    assertClose(x.grad!.tolist(), [(net.weight.tolist() as number[][])[0]!.map((value) => value + 100)]);
  });

  it("an output may be changed in place afterwards", () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU({ inplace: true }));
    let gradOutput: unknown;
    net.at(0).registerFullBackwardHook((_, _in, [gradient]) => void (gradOutput = gradient!.tolist()));
    const y = net(tensor([[1, -1]]));
    y.sum().backward();
    assert.deepEqual(gradOutput, [(y.tolist() as number[][])[0]!.map((value) => (value > 0 ? 1 : 0))]);
  });

  it("change no number by looking", () => {
    const run = (watched: boolean) => {
      manualSeed(0);
      const net = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
      if (watched) {
        for (const module of net.modules()) {
          module.registerForwardHook(() => undefined);
          module.registerFullBackwardHook(() => undefined);
        }
      }
      net(randn(5, 3)).square().mean().backward();
      return net.parameters().map((parameter) => parameter.grad!.tolist());
    };
    assert.deepEqual(run(true), run(false));
  });
});
