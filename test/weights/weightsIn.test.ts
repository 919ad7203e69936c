/** Weights that PyTorch, torchvision and Hugging Face wrote, in models that were translated from Python: what they answer is what PyTorch answers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { load, type Tensor } from "../../src/engine/index.ts";
import { fromPython } from "../../src/fromPython/index.ts";
import { kindling, type Ended } from "../cli/command.ts";
import { hasTorch, printedByPython } from "../python/python.ts";
import { Folder } from "../runner/job.ts";

const fixtures = fileURLToPath(new URL("../fixtures/weights/", import.meta.url));

/** The program, as "Paste PyTorch" makes it, with what is written below it. */
function translated(python: string, below: string): string {
  const { code, problems } = fromPython(readFileSync(python, "utf8"));
  assert.deepEqual(problems, []);
  return `import { data as files, load as open, noGrad as still, optim as optimizers } from "kindling";\n${code}\n${below}`;
}

/** Prints how far what the model answers is from what PyTorch's answered, at most, and how large that is. */
const compare = (name: string): string => `
model.eval();
const wanted = files.readNpy("${name}.out.npy");
const answered = still(() => model(files.readNpy("${name}.in.npy")));
console.log(JSON.stringify([answered.sub(wanted).abs().max().item(), wanted.abs().max().item()]));
`;

/** One step that changes nothing, after which the weights are there. */
const step = (name: string): string => `
const optimizer = new optimizers.SGD(model.parameters(), { lr: 0 });
model.eval();
model(files.readNpy("${name}.in.npy")).sum().backward();
optimizer.step();
`;

describe("Weights from PyTorch", function () {
  this.timeout(120_000);
  let folder: Folder;

  before(async function () {
    folder = new Folder();
    if (!(await hasTorch())) this.skip();
    await printedByPython(folder.path, [join(fixtures, "make_weights.py"), folder.path]);
  });
  after(() => folder.remove());

  const source = (name: string): string => (name === "resnet18" ? join(folder.path, "resnet18.py") : join(fixtures, `${name}.py`));

  function run(name: string, below: string, ...args: string[]): Promise<Ended> {
    folder.write(`${name}.model.ts`, translated(source(name), below));
    return kindling(["train", "--no-keep", `${name}.model.ts`, ...args], { directory: folder.path });
  }

  /** @param rounding of float32, as a share of the largest answer */
  function assertEqualAnswers({ code, stdout, stderr }: Ended, rounding = 1e-5): void {
    assert.equal(code, 0, stderr);
    const [off, size] = JSON.parse(stdout.trim().split("\n").at(-1)!) as [number, number];
    assert.ok(size > 0.01 && off <= rounding * size, `off by ${off}, where answers go up to ${size}`);
  }

  const loaded: readonly (readonly [name: string, what: string, load: string])[] = [
    ["resnet18", "torchvision's own source, a zip file", 'open("resnet18.pth")'],
    ["resnet18", "a checkpoint of DataParallel", 'new Map([...open("resnet18.tar").state_dict].map(([key, value]) => [key.replace("module.", ""), value]))'],
    ["mobilenet_v2", "PyTorch's older format", 'open("mobilenet_v2.pth")'],
    ["mobilenet_v3", "two .safetensors files with an index", 'open("mobilenet_v3.safetensors.index.json")'],
    ["gpt", "tied weights", 'open("gpt.pt")'],
    ["lstm", "windows on one storage, in a nested checkpoint", 'open("lstm.pt").model'],
    ["attention", "bfloat16 in a .safetensors file", 'open("attention.safetensors")'],
  ];
  for (const [name, what, value] of loaded) {
    it(`loadStateDict: ${name}, ${what}`, async () => {
      assertEqualAnswers(await run(name, `console.log(String(model.loadStateDict(${value})));${compare(name)}`));
    });
  }

  const begun: readonly (readonly [name: string, file: string, ...told: RegExp[]])[] = [
    ["resnet18", "resnet18.pth", /weights of resnet18\.pth: 122 tensors kept\n/],
    ["resnet18", "resnet18.tar", /0 tensors kept, 122 renamed\n/, /renamed +model\.conv1 ← module\.conv1 +weight \[64, 3, 7, 7\]\n/],
    ["mobilenet_v2", "mobilenet_v2.pth", /314 tensors kept\n/],
    ["mobilenet_v3", "mobilenet_v3.safetensors.index.json", /244 tensors kept\n/],
    [
      "gpt",
      "pytorch_model.bin.index.json",
      /20 renamed, 8 transposed, 1 gone\n/,
      /transposed +model\.transformer\.h\.0\.attn\.c_attn ← h\.0\.attn\.c_attn +weight \[24, 72\] → \[72, 24\]\n/,
      /transposed +model\.transformer\.h\.1\.attn\.c_proj ← h\.1\.attn\.c_proj +weight \[24, 24\]\n/,
      /gone +h\.0\.attn +bias \[1, 1, 16, 16\]\n/,
    ],
    ["lstm", "lstm.pt", /19 tensors kept\n/],
    ["attention", "attention.safetensors", /18 tensors kept\n/],
  ];
  for (const [name, file, ...told] of begun) {
    it(`--weights-from ${file}: ${name}`, async () => {
      const ended = await run(name, step(name) + compare(name), "--weights-from", file);
      for (const words of told) assert.match(ended.stderr, words);
      assertEqualAnswers(ended);
    });
  }

  it("takes only what is below a prefix", async () => {
    const { stderr, code } = await run("lstm", step("lstm"), "--weights-from", "lstm.pt", "--weights-prefix", "lstm");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /0 tensors kept, 16 renamed, 3 new\n/);
    const refused = await run("lstm", step("lstm"), "--weights-from", "lstm.pt", "--weights-prefix", "backbone.");
    assert.match(refused.stderr, /no tensor of .*lstm\.pt has a name that begins with "backbone\."; they begin with word_embeddings\., lstm\., hidden2tag\./);
  });

  it("says in PyTorch's words what is missing, left over and of another size", async () => {
    const { stderr } = await run("lstm", 'model.loadStateDict(open("lstm.pt"));');
    assert.match(stderr, /Error\(s\) in loading state_dict for Tagger:\s+Missing key\(s\) in state_dict: "word_embeddings\.weight", "lstm\.weight_ih_l0"/);
    assert.match(stderr, /Unexpected key\(s\) in state_dict: "model", "epoch"\. /);
    const { stdout } = await run(
      "lstm",
      'console.log(model.loadStateDict(open("attention.safetensors"), false).unexpectedKeys.includes("layer.linear1.bias"));',
    );
    assert.equal(stdout, "true\n");
  });

  it("lists what a file holds, without its optimizer", async () => {
    const list = (...args: string[]): Promise<Ended> => kindling(["weights", ...args], { directory: folder.path });
    const { stdout } = await list("resnet18.tar");
    assert.match(stdout, /^resnet18\.tar: 122 tensors, 11,699,132 values\n {2}module\.conv1\.weight +\[64, 3, 7, 7\] +float32\n/);
    const { models } = JSON.parse((await list("pytorch_model.bin.index.json", "--json", "--weights-prefix", "h.1.attn")).stdout) as {
      models: [{ tensors: unknown[] }];
    };
    assert.deepEqual(models[0].tensors[0], { path: "c_attn.weight", shape: [24, 72], dtype: "float32" });
    folder.write("empty.index.json", '{"weight_map": {"a": "../lstm.pt"}}');
    const refused = await list("empty.index.json");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /refused: .*empty\.index\.json wants "\.\.\/lstm\.pt" for "a"; only files beside the index are read/);
  });

  it("reads an index as PyTorch's shards say, to the bit", () => {
    const state = load<Map<string, Tensor>>(join(folder.path, "pytorch_model.bin.index.json"));
    const whole = load<Map<string, Tensor>>(join(folder.path, "gpt.pt"));
    assert.equal(state.size, 29);
    assert.deepEqual(state.get("h.1.mlp.c_fc.weight")!.t().tolist(), whole.get("transformer.h.1.mlp.c_fc.weight")!.tolist());
  });
});
