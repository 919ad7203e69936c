/** Weights of kept runs, written for others to read. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { load, type Tensor } from "../../src/engine/index.ts";
import { Folder } from "../runner/job.ts";
import { kindling } from "./command.ts";

const program = `import { manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
class Net extends nn.Module {
  embed = new nn.Linear(3, 3, { bias: false });
  norm = new nn.BatchNorm1d(3);
  head = new nn.Linear(3, 3, { bias: false });
  constructor() {
    super();
    this.registerBuffer("scratch", randn(2), { persistent: false });
    this.head.weight = this.embed.weight;
  }
  forward(x) { return this.head(this.norm(this.embed(x))); }
}
const net = new Net();
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
for (let i = 0; i < 20; i++) {
  const x = randn(8, 3);
  optimizer.zeroGrad(); net(x).sub(x).square().mean().backward(); optimizer.step();
}
console.log(JSON.stringify([...net.stateDict()].map(([name, value]) => [name, value.tolist()])));
`;

describe("kindling weights", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const run = (...args: string[]): ReturnType<typeof kindling> => kindling(args, { directory: folder.path });

  it("writes what the models ended with, under the names of their state dict, those that are tied too", async () => {
    folder.write("net.model.ts", program);
    const { stdout } = await run("train", "net.model.ts");
    for (const name of ["net.safetensors", "net.pt"]) {
      const { code, stderr } = await run("weights", "latest", "-o", name);
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`wrote net \\(7 tensors\\), after 20 steps, to ${name}`));
      const state = [...load<Map<string, Tensor>>(join(folder.path, name))].map(([key, tensor]) => [key, tensor.tolist()]);
      assert.deepEqual(state, JSON.parse(stdout));
    }
  });

  it("says what is wrong: no such run, no weights, no name that tells a format", async () => {
    folder.write("net.model.ts", program);
    await run("train", "net.model.ts", "--no-checkpoints");
    const without = await run("weights", "latest", "-o", "net.pt");
    assert.deepEqual([without.code, /no weights are kept of \S+: it took no step, or was trained without checkpoints/.test(without.stderr)], [1, true]);
    assert.equal(existsSync(join(folder.path, "net.pt")), false);
    assert.match((await run("weights", "latest", "-o", "net.zip")).stderr, /weights are written as \.safetensors, \.pt or \.pth; `net\.zip` is none of these/);
    assert.match((await run("weights", "latest")).stderr, /where to\?/);
    assert.equal((await run("weights", "never", "-o", "net.pt")).code, 2);
  });
});
