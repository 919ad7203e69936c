import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import type { ModelInfo, StepWork } from "../../src/protocol/index.ts";
import { knownBuilds } from "../../src/engine/kernels/builds.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { Folder } from "../runner/job.ts";
import { startKindling } from "./command.ts";

const net = `import { nn, optim, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU());
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
function step(): void {
  optimizer.zeroGrad();
  model(randn(4, 2)).sum().backward();
  optimizer.step();
}
`;

describe("the kindling command", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const start = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) => startKindling(args, { directory: folder.path, environment });
  const kindling = async (...args: string[]) => (await start(args)).ended;

  it("trains: the program's output on stdout, a summary on stderr, and 0", async () => {
    folder.write("net.model.ts", `${net}for (let epoch = 0; epoch < 3; epoch++) step();\nconsole.log("done");\nconsole.error("aside");`);
    const { code, stdout, stderr } = await kindling("train", "net.model.ts");
    assert.deepEqual([code, stdout], [0, "done\n"]);
    assert.match(stderr, /^aside\nkindling: finished after .*, 3 epochs, 3 steps, loss \S+\n$/);
  });

  it("says which kernels computed", async () => {
    folder.write("net.model.ts", `${net}step();`);
    for (const [asked, used] of [
      ["plain", "plain"],
      ["best", knownBuilds(process.versions.v8, process.arch)?.[0] ?? "(plain|relaxed)"],
    ] as const) {
      const { stderr } = await (await start(["train", "net.model.ts"], { KINDLING_KERNELS: asked })).ended;
      assert.match(stderr, new RegExp(`^kindling: finished after [^,]*, ${used} kernels, 1 epoch, 1 step, loss \\S+\n$`));
    }
  });

  it("trains to the same bits with any number of threads", async () => {
    folder.write(
      "net.model.ts",
      `import { manualSeed, nn, optim, randint, randn } from "kindling";
manualSeed(1);
const model = new nn.Sequential(new nn.Conv2d(3, 32, 3), new nn.BatchNorm2d(32), new nn.ReLU(), new nn.Dropout(0.2), new nn.Flatten(), new nn.Linear(3200, 10));
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
const [x, y] = [randn(64, 3, 12, 12), randint(0, 10, [64])];
for (let step = 0; step < 12; step++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(model(x), y).backward();
  optimizer.step();
}
for (const parameter of model.parameters()) console.log(Buffer.from(parameter.toTypedArray().slice().buffer).toString("base64"));
`,
    );
    const ways = [
      ["--threads", "1"],
      ["--threads", "2"],
      ["--threads", "2"],
      ["--threads", "3"],
      ["--threads", "8"],
    ];
    const results: string[] = [];
    for (const way of ways) results.push((await kindling("train", "net.model.ts", ...way)).stdout);
    assert.ok(results[0]!.length > 100_000);
    assert.ok(results.every((result) => result === results[0]));
  });

  it("says once that a newer Node would be twice as fast, where that is so", async () => {
    folder.write("net.model.ts", `${net}step();`);
    const fresh = { KINDLING_CACHE: join(temporaryFolder("cli"), "cache") };
    const said: string[] = [];
    for (let i = 0; i < 2; i++) said.push((await (await start(["train", "net.model.ts"], fresh)).ended).stderr);
    const isSlow = process.arch === "x64" && Number.parseInt(process.versions.v8, 10) < 13;
    const sentence = `kindling: this is Node ${process.versions.node}; Node 24 or later would compute about twice as fast.\n`;
    assert.equal(said[0]!.startsWith(sentence), isSlow);
    assert.doesNotMatch(said[1]!, /twice as fast/);
    for (const verb of ["inspect", "--version"]) {
      const unread = { KINDLING_CACHE: join(temporaryFolder("cli"), "cache") };
      assert.doesNotMatch((await (await start([verb, "net.model.ts"], unread)).ended).stderr, /twice as fast/);
    }
  });

  it("ends quietly where nobody reads on", async () => {
    folder.write("net.model.ts", `${net}step();`);
    const { child, ended } = await start(["inspect", "net.model.ts"]);
    child.stdout!.destroy();
    const { stderr } = await ended;
    assert.equal(stderr, "");
  });

  it("shows a failure with its source line, and 1", async () => {
    folder.write("net.model.ts", `${net}step();\nmodel(randn(4, 5));\n`);
    const { code, stderr } = await kindling("train", "net.model.ts");
    assert.equal(code, 1);
    assert.match(stderr, /error: mat1 and mat2 shapes cannot be multiplied \(4x5 and 2x3\)/);
    assert.match(stderr, /--> net\.model\.ts:10:1\n {4}\|\n 10 \| model\(randn\(4, 5\)\);\n {4}\| \^{18}\n/);
    assert.match(stderr, /kindling: failed/);
  });

  it("inspects: a table for each model, and nothing of the program's on stdout", async () => {
    folder.write("net.model.ts", `${net}console.log("from the program");\nstep();\nconsole.log("never");`);
    const { code, stdout, stderr } = await kindling("inspect", "net.model.ts");
    assert.equal(code, 0);
    assert.equal(stderr, "from the program\n");
    // Times differ from run to run.
    const cells = stdout
      .trimEnd()
      .split("\n")
      .map((line) =>
        line
          .trim()
          .split(/ {2,}/)
          .filter((cell) => !/ [µm]?s$/.test(cell)),
      );
    assert.deepEqual(cells, [
      ["model: Sequential", "9 params · 9 trainable · 0 frozen"],
      ["path", "type", "input", "output", "parameters", "multiply-adds", "forward", "backward"],
      ["(model)", "Sequential", "4×2", "4×3", "9", "24", "trainable"],
      ["0", "Linear", "4×2", "4×3", "9", "24", "trainable"],
      ["1", "ReLU", "4×3", "4×3", "0", "0", "–"],
      ["Times are of the first step, which is slower than those to come."],
    ]);
  });

  it("inspects as JSON", async () => {
    const file = folder.write("net.model.ts", `${net}step();`);
    const { stdout } = await kindling("inspect", "--json", "net.model.ts");
    const found = JSON.parse(stdout) as { file: string; models: ModelInfo[]; work: StepWork[]; problems: unknown[] };
    assert.deepEqual(
      found.work.map(({ step, calls, multiplyAdds }) => ({ step, calls, multiplyAdds })),
      [{ step: 0, calls: [1, 1, 1], multiplyAdds: [0, 24, 0] }],
    );
    assert.deepEqual([found.file, found.models[0]!.modules.length, found.problems], [file, 3, []]);
  });

  it("refuses a bad command line in a sentence, with how the command is written, and 2", async () => {
    folder.write("net.model.ts", "");
    for (const [args, sentence, usage] of [
      [["trian", "x"], "there is no command `trian`; did you mean `train`?", "kindling COMMAND …\n       `kindling --help` lists the commands"],
      [["train", "gone.model.ts"], "there is no file gone.model.ts", "kindling train FILE.model.ts [-- ARGUMENTS]\n       `kindling train --help` says more"],
      [
        ["train", "nt.model.ts"],
        "there is no file nt.model.ts; did you mean net.model.ts?",
        "kindling train FILE.model.ts [-- ARGUMENTS]\n       `kindling train --help` says more",
      ],
      [["inspect", "."], ". is a folder; which file in it?", "kindling inspect FILE.model.ts [-- ARGUMENTS]\n       `kindling inspect --help` says more"],
      [["resume", "--stp", "3"], "there is no option `--stp`", "kindling resume RUN\n       `kindling resume --help` says more"],
    ] as const) {
      const { code, stdout, stderr } = await kindling(...args);
      assert.deepEqual([code, stdout, stderr], [2, "", `kindling: ${sentence}\nusage: ${usage}\n`]);
    }
  });

  it("refuses what is no program, no folder and no Python in a sentence, and 2", async () => {
    folder.write("a.py", "x = 1\n");
    folder.write("net.model.ts", "");
    for (const [args, sentence] of [
      [["train", "a.py"], "a.py is neither TypeScript nor JavaScript; `kindling from-python FILE.py` translates it"],
      [["from-python", "net.model.ts"], "net.model.ts is not Python: its name ends otherwise than in .py"],
      [["runs", "nowhere"], "there is no folder or file nowhere"],
      [["show", "latest"], "there is no run `latest` here: no training is kept yet"],
    ] as const) {
      const { code, stdout, stderr } = await kindling(...args);
      assert.deepEqual([code, stdout, stderr.split("\n")[0]], [2, "", `kindling: ${sentence}`]);
    }
  });

  it("says in a sentence what can't be written, and 1", async () => {
    folder.write("a.py", "x = 1\n");
    const { code, stderr } = await kindling("from-python", "a.py", "-o", "gone/a.model.ts");
    assert.deepEqual([code, stderr], [1, "kindling: can't open gone/a.model.ts: there is no such folder\n"]);
    folder.write("net.model.ts", net);
    folder.write(".kindling", "");
    const several = await kindling("train", "net.model.ts", "--seeds", "2");
    assert.match(several.stderr, /^kindling: .*runs can't be written, .* nothing to compare: a file stands in the way of the folder .*runs\n$/);
    assert.equal(several.code, 1);
  });

  it("tells its version and how it is used, as a whole and each command", async () => {
    assert.match((await kindling("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
    assert.match((await kindling("--help")).stdout, /^Usage:/);
    const ways = [await kindling("branch", "--help"), await kindling("help", "branch"), await kindling("--help", "branch", "latest")];
    for (const { code, stdout } of ways) assert.deepEqual([code, stdout], [0, ways[0]!.stdout]);
    assert.match(ways[0]!.stdout, /^Usage:\n {2}kindling branch RUN --from STEP [^\n]*\n\nOptions:\n {2}--from STEP /);
    assert.doesNotMatch(ways[0]!.stdout, /--seeds|\(branch\)/);
  });

  for (const [signal, words, exit] of [
    ["SIGINT", "Ctrl+C", 130],
    ["SIGTERM", "SIGTERM", 143],
  ] as const) {
    it(`stops gracefully on ${words}, and says so: the program's finally runs`, async () => {
      folder.write("net.model.ts", `${net}try { for (let i = 0; ; i++) { step(); if (i === 5) console.log("going"); } } finally { console.log("saved"); }`);
      const { child, ended } = await start(["train", "net.model.ts"]);
      await once(child.stdout!, "data");
      child.kill(signal);
      const { code, stdout, stderr } = await ended;
      assert.deepEqual([code, stdout], [exit, "going\nsaved\n"]);
      assert.ok(stderr.includes(`Stopping … (${words} again to end it at once)`), stderr);
      assert.match(stderr, /kindling: stopped/);
    });
  }
});
