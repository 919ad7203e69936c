/** Programs that are looked into while they train, in a real runner: they compute and print what they do alone. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setInterval } from "node:timers/promises";
import type { Ablation, LookRequest } from "../../src/protocol/index.ts";
import { isFinal } from "../../src/run/standing.ts";
import { Folder, Job, run } from "./job.ts";

const examples = new URL("../../examples/", import.meta.url);

/** Prints a hash of all values of these models' parameters and buffers. */
const hashOf = (models: string): string => `
let hash = 2166136261;
for (const each of ${models}) for (const values of each.stateDict().values())
  for (const byte of new Uint8Array(values.toTypedArray().buffer)) hash = Math.imul(hash ^ byte, 16777619);
console.log("hash", hash);
`;

/** An example that ends sooner, with the hash at its end; what it reads beside itself it finds where it is. */
function shortened(name: string, models: string, epochs: readonly [RegExp, string]): string {
  const text = readFileSync(new URL(name, examples), "utf8");
  const short = text.replaceAll(...epochs);
  assert.notEqual(short, text);
  return short.replace('new URL("./digits.csv", import.meta.url)', JSON.stringify(new URL("digits.csv", examples).pathname)) + hashOf(models);
}

/** Asks again and again, each time something else, until the program has ended. */
async function lookedInto(file: string): Promise<Job> {
  const job = await Job.warm();
  job.start(file, { timeLimit: 0 });
  let id = 1;
  for await (const _ of setInterval(20)) {
    if (!job.isConnected || job.states.some(isFinal)) break;
    const model = id % 3 === 0 ? 1 : 0;
    const ablations: Ablation[] = id % 2 === 0 ? [{ module: 1, part: "unit", index: 1 }] : [];
    const wanted = [1, 2, 3].map((module) => ({ module, call: 0, what: "output" as const }));
    const look: LookRequest = { id, model, sample: id % 5, hold: id % 7 === 0, follow: true, training: id % 4 < 2, wanted, ablations, boundary: true };
    job.send({ type: "steer", steering: { type: "look", look } });
    id++;
  }
  return job.ended();
}

const answered = (job: Job): number => job.events.filter((event) => event.type === "followed" && event.news.kind === "look").length;

describe("a program that is looked into", function () {
  this.timeout(180_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const subjects: readonly (readonly [name: string, models: string, epochs: readonly [RegExp, string]])[] = [
    ["digits.model.ts", "[cnn, mlp]", [/(cnn|mlp), 20\)/g, "$1, 2)"]],
    ["resnet.model.ts", "[model]", [/epoch < 30/g, "epoch < 3"]],
    ["circle.model.ts", "[model]", [/epoch < 30/g, "epoch < 6"]],
    ["simple-classifier.model.ts", "[model]", [/(epoch|step) < \d+/g, "$1 < 60"]],
  ];
  for (const [name, models, epochs] of subjects) {
    it(`ends with the same bits in all parameters: ${name}`, async () => {
      const file = folder.write(name, shortened(name, models, epochs));
      const alone = await run(file, { sampling: { enabled: false, bins: 10, budget: 0 }, timeLimit: 0 });
      const job = await lookedInto(file);
      assert.ok(answered(job) > 3, `${answered(job)} looks were answered`);
      assert.match(alone.stdout, /hash -?\d+/);
      assert.equal(job.stdout, alone.stdout);
      assert.deepEqual(job.problems, []);
    });
  }

  it("prints nothing twice", async () => {
    const text = `
import { manualSeed, nn, optim, randn, type Tensor } from "kindling";
manualSeed(1);
class Chatty extends nn.Module {
  layer = new nn.Linear(3, 2);
  override forward(x: Tensor): Tensor {
    console.log("forward");
    return this.layer(x);
  }
}
const model = new Chatty();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
const until = performance.now() + 400;
let steps = 0;
for (; performance.now() < until; steps++) {
  optimizer.zeroGrad();
  model(randn(4, 3)).square().mean().backward();
  optimizer.step();
}
console.log("steps", steps);
`;
    const job = await lookedInto(folder.write("chatty.model.ts", text));
    assert.ok(answered(job) > 3);
    const steps = Number(/steps (\d+)/.exec(job.stdout)![1]);
    assert.equal(job.stdout.match(/^forward$/gm)!.length, steps);
  });

  it("shows its last batch when it has ended, though nobody looked before", async () => {
    const file = folder.write("digits.model.ts", shortened("digits.model.ts", "[cnn, mlp]", [/(cnn|mlp), 20\)/g, "$1, 1)"]));
    const job = await run(file, { timeLimit: 0 });
    const looks = job.events.flatMap((event) => (event.type === "followed" && event.news.kind === "look" ? [event.news.look] : []));
    assert.deepEqual(
      looks.map(({ model, pieces }) => [model, pieces.some(({ what }) => what === "output")]),
      [
        [0, true],
        [1, true],
      ],
    );
  });
});
