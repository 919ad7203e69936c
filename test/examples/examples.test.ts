/** Every example runs from the command line to its end, and learns what its text says. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { builtRunner } from "../runner/built.ts";

const run = promisify(execFile);
const examples = new URL("../../examples/", import.meta.url);

async function train(name: string): Promise<{ stdout: string; stderr: string; seconds: number }> {
  const cli = fileURLToPath(new URL("cli/main.js", await builtRunner()));
  const start = performance.now();
  const { stdout, stderr } = await run(process.execPath, [cli, "train", "--no-keep", fileURLToPath(new URL(name, examples))]);
  return { stdout, stderr, seconds: (performance.now() - start) / 1000 };
}

function percent(text: string, pattern: RegExp): number {
  const match = pattern.exec(text);
  assert.ok(match, `${String(pattern)} is not in the output:\n${text}`);
  return Number(match[1]);
}

describe("examples", function () {
  this.timeout(90_000);

  it("digits: both networks read at least 97 % of the held-out fifth, in under a minute", async () => {
    const { stdout, seconds } = await train("digits.model.ts");
    assert.ok(percent(stdout, /Held-out accuracy: CNN ([\d.]+) %/) >= 97);
    assert.ok(percent(stdout, /Held-out accuracy: CNN .*MLP ([\d.]+) %/) >= 97);
    assert.ok(seconds < 60, `took ${seconds} s`);
  });

  it("circle: tells inside from outside", async () => {
    const { stdout } = await train("circle.model.ts");
    assert.ok(percent(stdout, /Val accuracy: ([\d.]+)%/) > 95);
  });

  it("simple classifier: prints itself as PyTorch does and has 5,955 parameters", async () => {
    const { stdout } = await train("simple-classifier.model.ts");
    assert.ok(stdout.startsWith("SimpleClassifier(\n  (layer1): Linear(in_features=20, out_features=64, bias=True)\n"));
    assert.match(stdout, /Total parameters: 5,955/);
    assert.ok(percent(stdout, /Accuracy: ([\d.]+) %/) > 95);
  });

  it("residual network: has 27,722 parameters and its loss falls", async () => {
    const { stdout } = await train("resnet.model.ts");
    assert.match(stdout, /Model: 27,722 parameters/);
    const losses = [...stdout.matchAll(/train_loss=([\d.]+)/g)].map((match) => Number(match[1]));
    assert.ok(losses.at(-1)! < losses[0]! / 2, losses.join(" "));
  });
});
