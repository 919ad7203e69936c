/** `kindling export --onnx`, as it is shipped. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Folder } from "../runner/job.ts";
import { kindling, type Ended } from "./command.ts";

const same = /onnxruntime-web \d+\.\d+\.\d+ gives the same, with batches of several sizes: the largest difference is \d\.\de-(0?[6-9]|1\d)/;

/** A program whose one model is called once, and trained. */
const program = (
  members: string,
  forward: string,
  call: string,
  more = "",
): string => `import { arange, nn, optim, randint, randn, zeros, log, type Tensor } from "kindling";
class Net extends nn.Module {
${members}
  override forward(${forward}
}
const net = new Net();
${more}
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
for (let step = 0; step < 3; step++) {
  optimizer.zeroGrad();
  net(${call}).square().mean().backward();
  optimizer.step();
}
`;

const models: Readonly<Record<string, readonly [text: string, ports: string]>> = {
  "a transformer of words": [
    program(
      `  words = new nn.Embedding(20, 8);
  places = new nn.Embedding(12, 8);
  layers = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2, 16, 0.1, "gelu", 1e-5, true), 2);
  head = new nn.Linear(8, 20);`,
      `tokens: Tensor): Tensor {
    const length = tokens.size(1);
    const x = this.words(tokens).add(this.places(arange(length)));
    return this.head(this.layers(x, { mask: nn.Transformer.generateSquareSubsequentMask(length) }));
  }`,
      "randint(0, 20, [4, 6])",
    ),
    "tokens int32 \\[batch, 6\\] → output float32 \\[batch, 6, 20\\]",
  ],
  "an LSTM with its own first state": [
    program(
      `  lstm = new nn.LSTM(3, 5, 2, true, true, 0.2, true);
  head = new nn.Linear(10, 2);`,
      `x: Tensor): Tensor {
    const state: [Tensor, Tensor] = [zeros(4, x.size(0), 5), zeros(4, x.size(0), 5)];
    const [output] = this.lstm(x, state);
    return this.head(output.at([], -1));
  }`,
      "randn(4, 6, 3)",
    ),
    "x float32 \\[batch, 6, 3\\] → output float32 \\[batch, 2\\]",
  ],
  "two inputs": [
    program(
      `  left = new nn.Linear(3, 4);
  right = new nn.Linear(2, 4);`,
      `image: Tensor, { text }: { text: Tensor }): Tensor {
    return nn.functional.cosineSimilarity(this.left(image), this.right(text));
  }`,
      "randn(4, 3), { text: randn(4, 2) }",
    ),
    "image float32 \\[batch, 3\\], text float32 \\[batch, 2\\] → output float32 \\[batch\\]",
  ],
};

describe("kindling export --onnx", function () {
  this.timeout(120_000);
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.remove());

  const exported = (...args: string[]): Promise<Ended> => kindling(["export", "net.model.ts", "--onnx", ...args], { directory: folder.path });

  for (const example of ["digits", "resnet"]) {
    it(`writes examples/${example}.model.ts, and ONNX Runtime gives the same`, async () => {
      const file = fileURLToPath(new URL(`../../examples/${example}.model.ts`, import.meta.url));
      const { code, stdout, stderr } = await kindling(["export", file, "--onnx", "-o", join(folder.path, "out.onnx")], { directory: folder.path });
      assert.equal(code, 0, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, same);
      assert.match(stderr, /opset 17/);
      assert.ok(existsSync(join(folder.path, "out.onnx")));
    });
  }

  for (const [name, [text, ports]] of Object.entries(models)) {
    it(`writes ${name}, with a batch that is free`, async () => {
      folder.write("net.model.ts", text);
      const { code, stderr } = await exported();
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(ports));
      assert.match(stderr, same);
    });
  }

  const refused: Readonly<Record<string, readonly [line: string, words: RegExp]>> = {
    "a batch that was written as a number": ["return this.fc(x.view(4, 2, 3).sum(1));", /with a batch of 2 forward fails: shape '\[4, 2, 3\]' is invalid/],
    "what has no form": ["return this.fc(x.slice(1, 0, 3).lgamma());", /`lgamma` has no ONNX form/],
    "a value that decides": ["if (x.mean().item() > 1e9) return x; return this.fc(x.slice(1, 0, 3));", /`item` reads values here that depend on the input/],
    "chance that decides": ["return this.fc(x.slice(1, 0, Math.random() < 2 ? 3 : 4));", /forward draws random numbers here/],
  };
  for (const [name, [line, words]] of Object.entries(refused)) {
    it(`refuses ${name}, at its line, and writes nothing`, async () => {
      folder.write("net.model.ts", program("  fc = new nn.Linear(3, 2);", `x: Tensor): Tensor {\n    ${line}\n  }`, "randn(4, 6)"));
      const { code, stderr } = await exported();
      assert.equal(code, 1, stderr);
      assert.match(stderr, words);
      assert.match(stderr, /net\.model\.ts:5:/);
      assert.ok(!existsSync(join(folder.path, "net.onnx")));
    });
  }

  it("asks which of several models, and takes the one that is named", async () => {
    const text = `import { nn, optim, randn } from "kindling";
const generator = nn.Sequential(new nn.Linear(2, 3), new nn.Tanh());
const critic = nn.Sequential(new nn.Linear(3, 1));
const optimizer = new optim.SGD(generator.parameters(), { lr: 0.1 });
critic(generator(randn(4, 2))).sum().backward();
optimizer.step();
`.replaceAll("nn.Sequential", "new nn.Sequential");
    folder.write("net.model.ts", text);
    const unsure = await exported();
    assert.equal(unsure.code, 1);
    assert.match(unsure.stderr, /there are several models: `generator`, `critic`. Say which with --model NAME/);
    const { code, stderr } = await exported("--model", "generator");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /wrote generator to .*net\.onnx: input float32 \[batch, 2\] → output float32 \[batch, 3\]/);
  });

  it("has the weights that a kept run came to, or had after some steps", async () => {
    folder.write("package.json", "{}");
    folder.write("net.model.ts", program("  fc = new nn.Linear(3, 2);", "x: Tensor): Tensor {\n    return this.fc(x);\n  }", "randn(4, 3)"));
    assert.equal((await kindling(["train", "net.model.ts"], { directory: folder.path })).code, 0);
    assert.equal((await kindling(["weights", "latest", "-o", "end.safetensors"], { directory: folder.path })).code, 0);
    const weightsIn = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await exported(...args);
      assert.equal(code, 0, stderr);
      // The weight's bytes follow its name and its shape.
      const bytes = readFileSync(join(folder.path, "net.onnx"));
      const at = bytes.lastIndexOf("fc.weight");
      return bytes.subarray(at, at + 40).toString("hex");
    };
    const end = await weightsIn("--weights-from", "latest");
    assert.equal(await weightsIn("--weights-from", "end.safetensors"), end);
    assert.notEqual(await weightsIn(), end);
  });

  it("says what it can't make sense of", async () => {
    folder.write("net.model.ts", "");
    for (const [args, words] of [
      [["export", "net.model.ts"], /as what\?/],
      [["export", "net.model.ts", "--onnx", "--step", "3"], /`--step` goes with `--weights-from RUN`/],
      [["export", "net.model.ts", "--onnx", "--batch-dimension", "x"], /--batch-dimension takes a whole number/],
      [["train", "net.model.ts", "--onnx"], /`--onnx` goes with `export` only/],
    ] as const) {
      const { code, stderr } = await kindling(args, { directory: folder.path });
      assert.equal(code, 2);
      assert.match(stderr, words);
    }
  });
});
