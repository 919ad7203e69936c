/** Trainings that begin with other weights, on the command line. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { Folder } from "../runner/job.ts";
import { kindling } from "./command.ts";

/** Prints what its weights are when it begins to train. */
const net = (width: number, more = ""): string => `import { nn, noGrad, ones, optim, save } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(2, ${width});
  out = new nn.Linear(${width}, 1);
  forward(x) { return this.out(this.fc(x)); }
}
const net = new Net();
noGrad(() => net.parameters().forEach((p, i) => p.fill_(i + 1)));
${more}
const optimizer = new optim.SGD(net.parameters(), { lr: 0 });
net(ones(4, 2)).sum().backward();
optimizer.step();
console.log(net.parameters().map((p) => JSON.stringify(p.tolist())).join(" "));
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

  it("takes the last checkpoint of a kept run", async () => {
    const [run] = JSON.parse((await kindling(["runs", "--json"], { directory: folder.path })).stdout) as [{ readonly id: string }];
    const refused = await train("wide.model.ts", "--weights-from", run.id);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /no weights are kept/);
    for (const step of [9, 10])
      cpSync(join(folder.path, "small.safetensors"), join(folder.path, ".kindling", "runs", run.id, "checkpoints", `${step}.safetensors`));
    const { stderr } = await train("wide.model.ts", "--weights-from", run.id);
    assert.match(stderr, new RegExp(`weights of ${run.id}: 1 tensor kept`));
  });

  it("says so where nothing fits, and what it doesn't understand", async () => {
    folder.write("other.model.ts", net(2).replaceAll("Linear(2", "Linear(7").replaceAll("2)", "5)").replace("ones(4, 5)", "ones(4, 7)"));
    assert.match((await train("other.model.ts", "--weights-from", "nowhere")).stderr, /neither a file nor a kept run nowhere/);
    assert.match((await train("wide.model.ts", "--weights-except", "fc")).stderr, /goes with `--weights-from` only/);
    assert.match(
      (await kindling(["inspect", "wide.model.ts", "--weights-from", "small.safetensors"], { directory: folder.path })).stderr,
      /goes with `train` only/,
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
