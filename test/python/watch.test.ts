/** PyTorch trainings that are watched, against what the same script says itself, with NumPy. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listRuns, type KeptRun } from "../../src/keep/keptRuns.ts";
import { byTraining } from "../../src/keep/ranks.ts";
import { readRun } from "../../src/keep/readRun.ts";
import { RunFollower } from "../../src/keep/runFollower.ts";
import type { RunEvent } from "../../src/protocol/index.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import { hasTorch, python, pythonEnvironment, runPython, type Ended } from "./python.ts";

const net = `import json, sys
import numpy as np, torch
from torch import nn
torch.manual_seed(3)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 32)
        self.act = nn.ReLU()
        self.drop = nn.Dropout(0.25)
        self.last = nn.Linear(32, 2)
        self.last.bias.requires_grad_(False)
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, x):
        return self.last(self.drop(self.act(self.first(x))))

net = Net()
`;

const training = `${net}
optimizer = torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=0.1, momentum=0.9)
losses, seen = [], []
for epoch in range(4):
    for step in range(10):
        x = torch.randn(16, 6)
        loss = net(x).square().mean()
        optimizer.zero_grad()
        loss.backward()
        if len(losses) < 3:
            for tensor in (net.first.weight, net.first.weight.grad):
                values = tensor.detach().numpy().astype(np.float64).ravel()
                counts = np.histogram(values, bins=40, range=(values.min(), values.max()))[0]
                seen.append([values.mean(), values.std(ddof=1), values.min(), values.max(), counts.tolist()])
        optimizer.step()
        losses.append(loss.item())
print(json.dumps([losses, seen, [p.tolist() for p in net.parameters()], torch.rand(3).tolist()]))
`;

const head = `import torch
from torch import nn
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
def step():
    x = torch.randn(8, 4)
    loss = (model(x) - x.sum(1, keepdim=True)).square().mean()
    optimizer.zero_grad(); loss.backward(); optimizer.step()
`;

describe("a PyTorch training that is watched", function () {
  this.timeout(120_000);
  let folder: string;
  before(async function () {
    // Only a Python that has PyTorch can run what is tested here.
    if (!(await hasTorch())) this.skip();
  });
  beforeEach(() => {
    folder = temporaryFolder("watched");
    mkdirSync(join(folder, ".git"));
  });

  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const runs = (): KeptRun[] => listRuns(join(folder, ".kindling", "runs"));
  const watch = (text: string, environment: Readonly<Record<string, string>> = {}): Promise<Ended> => {
    write("train.py", text);
    return runPython(folder, ["-m", "kindling_watch", "train.py"], environment);
  };
  const told = (): RunSnapshot => readRun(runs()[0]!).run;
  const values = (run: RunSnapshot, name: string): number[] => [...(run.curves.get(name)?.values ?? [])];

  it("measures tensors as NumPy does", async () => {
    const { code, output, errors } = await runPython(folder, [join(repository, "test", "python", "against_numpy.py")]);
    assert.equal(code, 0, output + errors);
  });

  it("computes the same bits, draws the same numbers and prints the same as one that is not", async () => {
    const file = write("plain.py", training);
    const plain = await runPython(folder, [file]);
    const watched = await watch(training);
    assert.equal(plain.code, 0, plain.errors);
    assert.deepEqual([watched.code, watched.output], [0, plain.output], watched.errors);
  });

  it("tells its losses, its epochs, its parameters and their gradients as the script itself knows them", async () => {
    const [losses, seen] = JSON.parse((await watch(training)).output) as [number[], [number, number, number, number, number[]][]];
    const run = told();
    assert.equal(run.state, "finished");
    assert.deepEqual(values(run, "loss"), losses);
    assert.deepEqual([run.progress?.step, run.progress?.epoch, run.progress?.epochs], [40, 3, 4]);
    for (const [step, sample] of run.samples.get(0)!.slice(0, 3).entries()) {
      const { value, gradient } = sample.modules.find(({ module }) => module === 1)!.parameters[0]!;
      for (const [own, [mean, std, min, max, counts]] of [
        [value, seen[2 * step]!],
        [gradient!, seen[2 * step + 1]!],
      ] as const) {
        assert.ok(Math.abs(own.mean - mean) < 1e-12 && Math.abs(own.std - std) < 1e-12, `step ${step}`);
        assert.deepEqual([own.min, own.max], [min, max]);
        const full = own.fullHistogram ?? own.histogram;
        assert.deepEqual(Array.from(full.counts), counts);
      }
    }
    assert.equal(run.samples.get(0)!.at(-1)!.step, 39);
  });

  it("tells the model as it stands in the script: names, counts, what is frozen, shapes, and the lines that make and call it", async () => {
    await watch(training);
    const [model] = told().models;
    const lines = training.split("\n");
    const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;
    assert.deepEqual([model!.name, model!.isVariable], ["net", true]);
    const [root, first, , drop, last] = model!.modules;
    assert.deepEqual([root!.type, root!.counts], ["Net", { total: 290, trainable: 288, frozen: 2 }]);
    assert.deepEqual([root!.declaredAt!.line, root!.constructedAt!.line, root!.calledAt!.line], [lineOf("class Net"), lineOf("net = Net()"), lineOf("net(x)")]);
    assert.deepEqual([first!.path, first!.constructedAt!.line, first!.outputShapes], ["first", lineOf("self.first ="), [[16, 32]]]);
    assert.equal(first!.calledAt!.line, lineOf("return self.last"));
    assert.equal(drop!.dropout, 0.25);
    assert.deepEqual(
      last!.parameters.map(({ name, trainable }) => [name, trainable]),
      [
        ["weight", true],
        ["bias", false],
      ],
    );
    assert.equal(root!.buffers[0]!.name, "seen");
    const [optimizer] = told().optimizers;
    assert.deepEqual([optimizer!.type, optimizer!.groups[0]!.options["momentum"], optimizer!.constructedAt!.line], ["SGD", 0.9, lineOf("optimizer =")]);
  });

  it("is watched from where the script asks for it, too, and may log", async () => {
    write(
      "own.py",
      `${head}import kindling_watch\nkindling_watch.watch(model)\nfor i in range(30):\n    step()\n    kindling_watch.log({"val/acc": i / 30})\nprint("done")\n`,
    );
    const { code, output } = await runPython(folder, ["own.py"]);
    const run = told();
    assert.deepEqual([code, output, run.state, run.models[0]!.name], [0, "done\n", "finished", "model"]);
    assert.deepEqual([values(run, "loss").length, values(run, "val/acc").at(-1)], [30, 29 / 30]);
    assert.ok(run.printed.lines.some(({ text }) => text === "done"));
  });

  it("with two networks that are trained in turns has a curve and samples for each", async () => {
    await watch(`import torch
from torch import nn
generator = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3))
critic = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))
first, second = (torch.optim.Adam(net.parameters(), lr=rate) for net, rate in ((critic, 0.01), (generator, 0.002)))
loss_fn = nn.BCEWithLogitsLoss()
for i in range(40):
    fake = generator(torch.randn(8, 2))
    first.zero_grad()
    loss_fn(critic(torch.randn(8, 3)), torch.ones(8, 1)).backward()
    loss_fn(critic(fake.detach()), torch.zeros(8, 1)).backward()
    first.step()
    second.zero_grad()
    loss_fn(critic(fake), torch.ones(8, 1)).backward()
    second.step()
`);
    const run = told();
    assert.deepEqual([...run.curves.keys()].sort(), ["loss/critic", "loss/generator", "lr/critic", "lr/generator"]);
    assert.deepEqual([values(run, "loss/critic").length, values(run, "loss/generator").length, run.progress?.step], [40, 40, 40]);
    assert.deepEqual(values(run, "lr/generator")[0], 0.002);
    // The two halves of what the critic descends, together.
    assert.ok(values(run, "loss/critic")[0]! > 1.1);
    const modelOf = (name: string): number => run.models.find((model) => model.name === name)!.id;
    for (const name of ["critic", "generator"]) {
      const outputs = run.samples.get(modelOf(name))!.filter(({ modules }) => modules.some(({ outputGradient }) => outputGradient));
      assert.ok(outputs.length > 0, name);
    }
  });

  it("counts epochs as its loops do, however often it makes a loader anew, and steps that it takes by hand", async () => {
    const data = "torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(12, 4)), 4)";
    await watch(
      `${head}def fit(folds, epochs):\n    for fold in range(folds):\n        for epoch in range(1, epochs + 1):\n            for (x,) in ${data}:\n                step()\nfit(2, 3)\n`,
    );
    assert.deepEqual([told().progress!.epoch, told().progress!.epochs, told().progress!.step], [5, 6, 18]);
    await watch(`import torch
from torch import nn
net = nn.Linear(3, 1)
for epoch in range(7):
    x = torch.randn(9, 3)
    loss = (net(x) - x.sum(1, keepdim=True)).square().mean()
    net.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.1 * p.grad
`);
    const run = told();
    assert.deepEqual([values(run, "loss").length, run.progress!.epoch, run.models[0]!.name], [7, 6, "net"]);
    assert.ok(run.samples.get(0)![0]!.modules[0]!.parameters[0]!.gradient);
  });

  it("that fails says where, in which module, and ends as Python does", async () => {
    const { code, errors } = await watch(`${head}bad = nn.Linear(5, 2)\nstep()\nbad(torch.randn(3, 4))\n`);
    const run = told();
    const [problem] = run.problems.filter(({ severity }) => severity === "error");
    assert.deepEqual([code, run.state, problem!.position!.line], [1, "failed", head.split("\n").length + 2]);
    assert.match(problem!.message, /^RuntimeError: .*shapes/);
    assert.match(errors, /RuntimeError/);
    assert.ok(!errors.includes("kindling_watch"), errors);
  });

  it("that is stopped by Ctrl+C, or has a hook of its own for errors, ends as Python does", async () => {
    const stopped = await watch(`${head}step()\nimport os, signal\nos.kill(os.getpid(), signal.SIGINT)\nstep()\n`);
    assert.equal(runs()[0]!.state, "stopped");
    assert.match(stopped.errors, /^Traceback.*line 11.*KeyboardInterrupt$/ms);
    assert.ok(!stopped.errors.includes("kindling_watch"), stopped.errors);
    const hooked = await watch(`${head}import sys\nsys.excepthook = lambda kind, error, traceback: print("mine:", error)\nraise ValueError("no")\n`);
    assert.deepEqual([hooked.code, hooked.output, hooked.errors, runs()[0]!.state], [1, "mine: no\n", "", "failed"]);
    const gone = await runPython(folder, ["-m", "kindling_watch", "-m", "gone_module"]);
    assert.match(gone.errors, /^\S+: No module named gone_module\n$/);
  });

  it("of a series that never had a number has neither the least nor the largest", async () => {
    await watch(
      `${head}import kindling_watch\nfor value in (float("nan"), 3.0, float("inf"), float("nan")):\n    step(); kindling_watch.log({"none": float("nan"), "some": value})\n`,
    );
    const { none, some } = runs()[0]!.summary.series;
    assert.deepEqual([none!.least, none!.largest, some!.least, some!.largest, some!.last], [NaN, NaN, 3, Infinity, NaN]);
  });

  it("whose loss is no number any more says since when", async () => {
    await watch(
      `${head}for i in range(6):\n    x = torch.randn(8, 4)\n    loss = model(x).mean() * (float("nan") if i == 4 else 1)\n    loss.backward()\n    optimizer.step()\n`,
    );
    const [problem] = told().problems;
    assert.deepEqual([problem!.code, problem!.step], ["nonFiniteLoss", 4]);
  });

  it("is seen as its processes end: finished, with a code of its own, or interrupted where it was killed", async () => {
    assert.equal((await watch(`${head}step()\nimport sys\nsys.exit(3)\n`)).code, 3);
    assert.deepEqual([runs()[0]!.state, runs()[0]!.summary.exitCode], ["failed", 3]);
    write("train.py", `${head}while True:\n    step()\n`);
    const child = spawn(python, ["-m", "kindling_watch", "train.py"], { cwd: folder, env: pythonEnvironment, stdio: "ignore" });
    const events: RunEvent[] = [];
    const follower = await following(runs, child.pid!, (event) => events.push(event));
    try {
      await until(() => (follower.run.progress?.step ?? 0) > 0 && follower.run.samples.size > 0);
      const before = follower.run.progress!.step;
      await until(() => follower.run.progress!.step > before);
      assert.deepEqual([follower.run.state, follower.run.onlyWatched], ["running", true]);
      assert.ok(events.some(({ type }) => type === "metrics"));
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await until(() => follower.run.state === "interrupted");
    assert.equal(runs()[0]!.state, "interrupted");
  });

  it("that finds no room for its curves trains on, and says that it finished and up to which step it is kept", async () => {
    // No file may become longer, as on a full disk.
    const limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n";
    const { code, errors: stderr } = await watch(`${head}${limit}for _ in range(300):\n    step()\n`);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^kindling-watch: from step \d+ on this run is not kept: .*\. The training goes on\.$/m);
    const { state, summary } = runs()[0]!;
    assert.deepEqual([state, summary.steps], ["finished", 300]);
    assert.ok(summary.keptUpTo! < 300);
    assert.equal(told().state, "finished");
  });

  it("has a run for each of its ranks, which are told apart and belong together", async () => {
    for (const rank of [0, 1, 0, 1]) await watch(`${head}step()\n`, { RANK: String(rank), WORLD_SIZE: "2", MASTER_ADDR: "127.0.0.1", MASTER_PORT: "29500" });
    const trainings = byTraining(runs());
    assert.deepEqual(
      trainings.map(({ run, others }) => [run.info.rank!.number, others.map(({ info }) => info.rank!.number)]),
      [
        [0, [1]],
        [0, [1]],
      ],
    );
  });

  it("is measured again and again while it goes on", async () => {
    write("train.py", `${head}while True:\n    step()\n`);
    const child = spawn(python, ["-m", "kindling_watch", "train.py"], { cwd: folder, env: pythonEnvironment, stdio: "ignore" });
    try {
      const follower = await following(runs, child.pid!, () => undefined);
      await until(() => (follower.run.samples.get(0)?.length ?? 0) > 4);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });

  // Seconds that are counted and not waited for: what is asked here is the schedule's rule, what watching really costs is in the benchmark.
  it("is measured so seldom that watching takes at most a twentieth of the time, whatever a sample and the hooks cost", () => {
    const dear = `
from kindling_watch.schedule import Schedule
for seconds in (1.0, 13.0):
    schedule = Schedule()
    schedule.begins()
    schedule.spend(seconds, True)
    schedule.sampled(seconds)
    print(schedule.is_due(1, seconds))
`;
    const simulated = `
from kindling_watch.schedule import Schedule
for sample, hooks, step in [(0.04, 0.00005, 0.004), (0.5, 0.0005, 0.02), (0.002, 0.00002, 0.001), (0.04, 0.00015, 0.004), (2.0, 0.001, 0.1)]:
    schedule, elapsed, count, is_looking = Schedule(), 0.0, 0, False
    schedule.begins()
    is_looking = True
    for index in range(1, int(300 / step)):
        cost = sample if is_looking else hooks
        schedule.spend(cost, is_looking)
        elapsed += step + cost
        if is_looking:
            count += 1
            schedule.sampled(elapsed)
            is_looking = False
        if schedule.is_due(index, elapsed):
            schedule.begins()
            is_looking = True
    print(schedule.spent / elapsed <= 0.05, count > 4)
`;
    assert.equal(spawnSync(python, ["-c", dear], { encoding: "utf8", env: pythonEnvironment }).stdout, "True\nFalse\n");
    const told = spawnSync(python, ["-c", simulated], { encoding: "utf8", env: pythonEnvironment });
    assert.equal(told.stdout, "True True\n".repeat(5), told.stderr);
  });
});

async function until(test: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !test(); await new Promise((resolve) => setTimeout(resolve, 20))) assert.ok(Date.now() < end, "in a minute");
}

/** Follows the run that a process writes, as soon as it is there. */
async function following(runs: () => KeptRun[], pid: number, tell: (event: RunEvent) => void): Promise<RunFollower> {
  const own = (): KeptRun | undefined => runs().find(({ info }) => info.process === pid);
  await until(() => own() !== undefined);
  return new RunFollower(own()!, tell);
}
