/** Trainings that begin with other weights, on the command line. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Folder } from "../runner/job.ts";
import { kindling } from "./command.ts";

/** Prints what its weights are when it begins to train. */
const net = (width: number, more = ""): string => `import { nn, noGrad, ones, optim, save } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(2, ${width});
  out = new nn.Linear(${width}, 1);
  forward(x) { return this.out(this.fc(x).relu()); }
}
const net = new Net();
noGrad(() => net.parameters().forEach((p, i) => p.fill_(i + 1)));
${more}
const optimizer = new optim.SGD(net.parameters(), { lr: 0 });
net(ones(4, 2)).sum().backward();
optimizer.step();
console.log(net.parameters().map((p) => JSON.stringify(p.tolist())).join(" "));
`;

/** Trains on the same batch with two optimizers, and prints all bits of what comes of it. */
const steps = (count: number): string => `import { arange, manualSeed, nn, optim } from "kindling";
manualSeed(1);
class Net extends nn.Module {
  embed = new nn.Linear(3, 3);
  norm = new nn.BatchNorm1d(3);
  head = new nn.Linear(3, 3);
  constructor() {
    super();
    this.head.weight = this.embed.weight;
    this.norm.weight.requiresGrad = false;
  }
  forward(x) { return this.head(this.norm(this.embed(x)).relu()); }
}
const net = new Net();
const x = arange(24).reshape(8, 3).sin();
const first = new optim.Adam([{ params: net.embed.parameters(), lr: 0.01 }, { params: net.norm.parameters() }], { lr: 0.02 });
const second = new optim.SGD([net.head.bias], { lr: 0.1, momentum: 0.9 });
for (let i = 0; i < ${count}; i++) {
  const loss = net(x).sub(x).square().mean();
  net.zeroGrad(); loss.backward(); first.step(); second.step();
}
console.log(JSON.stringify([...net.stateDict()].map(([name, value]) => [name, value.tolist()])));
`;

describe("--weights-from", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(async () => {
    folder = new Folder();
    folder.write("small.model.ts", net(2, 'save(net.stateDict(), "small.safetensors");'));
    await train("small.model.ts");
    folder.write("wide.model.ts", net(3, "noGrad(() => net.parameters().forEach((p) => p.fill_(-1)));"));
  });
  afterEach(() => folder.remove());

  const train = (...args: string[]): ReturnType<typeof kindling> => kindling(["train", ...args], { directory: folder.path });

  /** The id of the one run of that file. */
  const runOf = async (name: string): Promise<string> => {
    const { stdout } = await kindling(["runs", "--json"], { directory: folder.path });
    return (JSON.parse(stdout) as { readonly id: string }[]).find(({ id }) => id.includes(`-${name}-`))!.id;
  };

  it("prints a table of what is taken over, and takes it", async () => {
    const { code, stdout, stderr } = await train("wide.model.ts", "--weights-from", "small.safetensors");
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "[[1,1],[1,1],[-1,-1]] [2,2,-1] [[3,3,-1]] [4]\n");
    assert.ok(
      stderr.startsWith(
        [
          "kindling: weights of small.safetensors: 1 tensor kept, 3 resized",
          "  resized  net.fc   weight [2, 2] → [3, 2], bias [2] → [3]",
          "  resized  net.out  weight [1, 2] → [1, 3]",
          "  kept     net.out  bias [1]",
          "",
        ].join("\n"),
      ),
      stderr,
    );
  });

  it("leaves out what it is told to", async () => {
    const { stdout, stderr } = await train("wide.model.ts", "--weights-from", "small.safetensors", "--weights-except", "fc");
    assert.equal(stdout, "[[-1,-1],[-1,-1],[-1,-1]] [-1,-1,-1] [[3,3,-1]] [4]\n");
    assert.match(stderr, /new \(not taken\) +net\.fc /);
  });

  it("is written down with the run", async () => {
    await train("wide.model.ts", "--weights-from", "small.safetensors");
    const { stdout } = await kindling(["show", "latest"], { directory: folder.path });
    assert.match(stdout, /weights +of small\.safetensors: 1 tensor kept, 3 resized\n/);
  });

  it("takes what a kept run came to, and its optimizers' state: as if the run had gone on", async () => {
    folder.write("whole.model.ts", steps(40));
    folder.write("half.model.ts", steps(20));
    const whole = await train("whole.model.ts");
    await train("half.model.ts");
    const { stdout, stderr } = await train("half.model.ts", "--weights-from", await runOf("half"));
    assert.match(stderr, /weights of \S+-half-\S+, step 20: 8 tensors kept\n/);
    // The frozen one is stepped over, the tied one has one state.
    assert.match(stderr, /the optimizer's state was taken over for 4 parameters/);
    assert.equal(stdout, whole.stdout);
  });

  it("takes the last checkpoint of a run that was cut off, and refuses a run of which no weights are kept", async () => {
    folder.write("long.model.ts", steps(3000));
    await train("long.model.ts");
    const run = await runOf("long");
    const checkpoints = join(folder.path, ".kindling", "runs", run, "checkpoints");
    rmSync(join(checkpoints, "end.safetensors"));
    const last = Math.max(...readdirSync(checkpoints).map((name) => Number.parseInt(name, 10)));
    const { stderr } = await train("long.model.ts", "--weights-from", run);
    assert.match(stderr, new RegExp(`weights of ${run}, step ${last}: 8 tensors kept`));
    folder.write("none.model.ts", steps(20));
    await train("none.model.ts", "--no-checkpoints");
    const refused = await train("none.model.ts", "--weights-from", await runOf("none"));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^kindling: no weights are kept of \S+: it took no step, or was trained without checkpoints$/m);
  });

  it("says so where nothing fits, and what it doesn't understand", async () => {
    folder.write("other.model.ts", net(2).replaceAll("Linear(2", "Linear(7").replaceAll("2)", "5)").replace("ones(4, 5)", "ones(4, 7)"));
    assert.match((await train("other.model.ts", "--weights-from", "nowhere")).stderr, /neither a file nor a kept run nowhere/);
    assert.match((await train("wide.model.ts", "--weights-except", "fc")).stderr, /goes with `--weights-from` only/);
    assert.match(
      (await kindling(["inspect", "wide.model.ts", "--weights-from", "small.safetensors"], { directory: folder.path })).stderr,
      /goes with `train`, `export` and `to-python` only/,
    );
    folder.write(
      "none.model.ts",
      net(2)
        .replaceAll("fc", "first")
        .replaceAll("out", "second")
        .replaceAll("2, 2", "3, 5")
        .replaceAll("(2, 1)", "(5, 6)")
        .replace("ones(4, 2)", "ones(4, 3)"),
    );
    const { stderr } = await train("none.model.ts", "--weights-from", "small.safetensors");
    assert.match(
      stderr,
      /none of the weights of small\.safetensors fit; the models begin with their own\.\n {2}there {3}fc\.weight \[2, 2\], .*\n {2}wanted {2}first\.weight/,
    );
  });
});
