/** Every example runs to its end, is never said to be in trouble, and learns what its text says. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { health } from "../../src/run/health/health.ts";
import { kindling } from "../cli/command.ts";
import { repository } from "../harness/temporary.ts";
import { training, type Training } from "./training.ts";

const folder = join(repository, "examples");

function percent(text: string, pattern: RegExp): number {
  const match = pattern.exec(text);
  assert.ok(match, `${String(pattern)} is not in the output:\n${text}`);
  return Number(match[1]);
}

/** What an example promises besides, by its name. */
const promises: Readonly<Record<string, Readonly<Record<string, (trained: Training) => void | Promise<void>>>>> = {
  "digits": {
    "both networks read at least 97 % of the held-out fifth, in under a minute": ({ job: { stdout }, seconds }) => {
      assert.ok(percent(stdout, /Held-out accuracy: CNN ([\d.]+) %/) >= 97);
      assert.ok(percent(stdout, /Held-out accuracy: CNN .*MLP ([\d.]+) %/) >= 97);
      assert.ok(seconds < 60, `took ${seconds} s`);
    },
    "both are said to learn": ({ end }) => {
      assert.match(health(end).sentence, /^All learn: loss `cnn` 2\.\d+ → 0\.\d+, `mlp` 2\.\d+ → 0\.\d+\.$/);
    },
  },
  "circle": {
    "tells inside from outside": ({ job: { stdout } }) => assert.ok(percent(stdout, /Val accuracy: ([\d.]+)%/) > 95),
  },
  "simple-classifier": {
    "prints itself as PyTorch does and has 5,955 parameters": ({ job: { stdout } }) => {
      assert.ok(stdout.startsWith("SimpleClassifier(\n  (layer1): Linear(in_features=20, out_features=64, bias=True)\n"));
      assert.match(stdout, /Total parameters: 5,955/);
      assert.ok(percent(stdout, /Accuracy: ([\d.]+) %/) > 95);
    },
    "prints the same from the command line, where nothing is watched": async ({ job }) => {
      const { code, stdout } = await kindling(["train", "--no-keep", join(folder, "simple-classifier.model.ts")], { directory: repository });
      assert.deepEqual({ code, stdout }, { code: 0, stdout: job.stdout });
    },
  },
  "resnet": {
    "has 27,722 parameters and its loss falls": ({ job: { stdout } }) => {
      assert.match(stdout, /Model: 27,722 parameters/);
      const losses = [...stdout.matchAll(/train_loss=([\d.]+)/g)].map((match) => Number(match[1]));
      assert.ok(losses.at(-1)! < losses[0]! / 2, losses.join(" "));
    },
  },
};

describe("examples", function () {
  this.timeout(120_000);

  it("are those of which something is promised", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".model.ts"));
    assert.deepEqual(Object.keys(promises).sort(), files.map((file) => file.replace(".model.ts", "")).sort());
  });

  for (const [name, own] of Object.entries(promises)) {
    describe(name, () => {
      const trained = training(join(folder, `${name}.model.ts`));
      for (const [promise, holds] of Object.entries(own)) it(promise, () => holds(trained()));
    });
  }
});
