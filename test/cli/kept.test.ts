/** Trainings that the command line keeps: listed, shown, compared. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Folder } from "../runner/job.ts";
import { kindling, startKindling } from "./command.ts";

const net = (rate: number): string => `import { log, manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
const model = new nn.Linear(3, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: ${rate} });
for (let i = 0; i < 20; i++) {
  const x = randn(8, 3);
  const loss = model(x).sub(x.sum(1, true)).square().mean();
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
  log({ "train/error": loss });
}
`;

describe("kept trainings on the command line", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const json = async (...args: string[]): Promise<any> => JSON.parse((await kindling([...args, "--json"], { directory: folder.path })).stdout);

  it("are listed newest first, with state, steps and last values", async () => {
    folder.write("a.model.ts", net(0.01));
    folder.write("b.model.ts", 'throw new Error("no");\n');
    await kindling(["train", "a.model.ts"], { directory: folder.path });
    await kindling(["train", "b.model.ts"], { directory: folder.path });
    const [second, first] = await json("runs");
    assert.deepEqual([first.file, first.state, first.steps], [join(folder.path, "a.model.ts"), "finished", 20]);
    assert.deepEqual([second.file, second.state, second.steps], [join(folder.path, "b.model.ts"), "failed", 0]);
    assert.equal(typeof first.last["train/error"], "number");
    assert.equal(first.last["train/error"], first.last.loss);
    assert.ok(Math.abs(Date.parse(first.startedAt) - Date.now()) < 60_000);
    const { stdout } = await kindling(["runs"], { directory: folder.path });
    assert.match(stdout, new RegExp(`^run .*\\n${second.id} .*failed.*\\n${first.id} .*a\\.model\\.ts +finished .* 20 `));
    const ofOne = await kindling(["runs", "a.model.ts"], { directory: folder.path });
    assert.equal(ofOne.stdout.trim().split("\n").length, 2);
  });

  it("are a line each, whatever their series are called and however many there are", async () => {
    const many = 'log({ "two\\nlines": 1 });\nlog(Object.fromEntries(Array.from({ length: 300 }, (_, i) => ["part/" + i, i])));\n';
    folder.write("a.model.ts", `import { log } from "kindling";\n${many}`);
    await kindling(["train", "a.model.ts"], { directory: folder.path });
    const { stdout } = await kindling(["runs"], { directory: folder.path });
    const [, row, ...more] = stdout.trimEnd().split("\n");
    assert.deepEqual(more, []);
    assert.match(row!, /two lines 1\.000, part\/0 0, .*part\/6 6\.000, 293 more$/);
    assert.equal(Object.keys((await json("runs"))[0].last).length, 301);
  });

  it("are shown one by one", async () => {
    folder.write("a.model.ts", net(0.01));
    await kindling(["train", "a.model.ts"], { directory: folder.path });
    const shown = await json("show", "latest");
    assert.deepEqual([shown.state, shown.models[0].modules[0].type, shown.code[0].name], ["finished", "Linear", "a.model.ts"]);
    const { stdout } = await kindling(["show", shown.id.slice(0, 15)], { directory: folder.path });
    for (const word of ["finished, 20 steps", "train/error", "model: Linear", "Node "]) assert.ok(stdout.includes(word), `${word}\n${stdout}`);
  });

  it("are compared: what differs, and where each series ended", async () => {
    folder.write("a.model.ts", net(0.01));
    await kindling(["train", "a.model.ts"], { directory: folder.path });
    folder.write("a.model.ts", net(0.1));
    await kindling(["train", "a.model.ts"], { directory: folder.path });
    const [second, first] = await json("runs");
    const { differences, last } = await json("compare", first.id, second.id);
    assert.deepEqual(differences["SGD lr"], ["0.01", "0.1"]);
    assert.notEqual(differences["code of a.model.ts"][0], differences["code of a.model.ts"][1]);
    assert.equal("SGD momentum" in differences, false);
    assert.deepEqual(last.loss, [first.last.loss, second.last.loss]);
    const { stdout } = await kindling(["compare", first.id, second.id], { directory: folder.path });
    assert.match(stdout, /SGD lr +0\.01 +0\.1\n/);
  });

  it("are beneath each other where there are many, with what is said of each on a line of its own", async () => {
    const text = "const rate = 0.01;\n" + net(0.01).replace("0.01", "rate");
    folder.write("a.model.ts", text);
    await kindling(["train", "a.model.ts", "--with", "rate=0.01,0.02,0.03,0.04,0.05"], { directory: folder.path });
    const [{ group }] = await json("runs");
    const { stdout } = await kindling(["compare", group], { directory: folder.path });
    for (const rate of ["0.01", "0.02", "0.03", "0.04", "0.05"]) assert.match(stdout, new RegExp(`^${group}, rate ${rate} +${rate} .*\n`, "m"));
    assert.ok(Math.max(...stdout.split("\n").map(({ length }) => length)) < 130, stdout);
    const { runs } = await json("compare", group);
    assert.match(runs[0].health, /^Measuring is off/);
  });

  it("are named so that one is meant: the answer says which there are, and whether two words mean the same", async () => {
    folder.write("a.model.ts", net(0.01));
    for (let i = 0; i < 3; i++) await kindling(["train", "a.model.ts"], { directory: folder.path });
    const [third, second] = await json("runs");
    const why = async (...words: string[]) => (await kindling(["compare", ...words], { directory: folder.path })).stderr.split("\n")[0]!;
    assert.match(await why("latest", third.id), new RegExp(`all of these are one run, \`${third.id}\``));
    assert.match(await why("2", "latest"), new RegExp(`\`2\` may be \`${third.id}\`, \`${second.id}\` and 1 other; write more of the id`));
    assert.match(await why("gone", "latest"), /there is no run `gone` here; `kindling runs` lists them/);
  });

  it("that fail within a group say why, each reason once, and a value is not given twice", async () => {
    folder.write("a.model.ts", 'import { nn } from "kindling";\nconst size = 2;\nnew nn.Linear(size, 1);\n');
    const { stderr, code } = await kindling(["train", "a.model.ts", "--with", "size=2,-3"], { directory: folder.path });
    assert.equal(code, 1);
    assert.match(stderr, /size -3:\nerror: .*negative dimension -3/);
    const twice = await kindling(["train", "a.model.ts", "--with", "size=2,2.0"], { directory: folder.path });
    assert.match(twice.stderr, /`size` is given 2\.0 twice/);
  });

  it("can't be held against a group whose runs failed, which is said", async () => {
    folder.write("a.model.ts", `const inputs = 3;\n${net(0.01).replace("nn.Linear(3, 1)", "nn.Linear(inputs, 1)")}`);
    const { stdout } = await kindling(["train", "a.model.ts", "--with", "inputs=3,-3", "--seeds", "3"], { directory: folder.path });
    assert.match(stdout, /^loss: 3 of 3 runs of inputs -3 ended without a number, so the groups can't be compared\.$/m);
  });

  it("differ by the data that they read", async () => {
    folder.write("a.model.ts", `import { readFileSync } from "node:fs";\n${net(0.01)}readFileSync("rows.csv");\nreadFileSync("same.csv", "utf8");\n`);
    folder.write("same.csv", "1\n");
    for (const rows of ["1,2\n", "1,3\n"]) {
      folder.write("rows.csv", rows);
      await kindling(["train", "a.model.ts"], { directory: folder.path });
    }
    const [second, first] = await json("runs");
    const { differences } = await json("compare", first.id, second.id);
    const prints = ["1,2\n", "1,3\n"].map((rows) => createHash("sha256").update(rows).digest("hex").slice(0, 8));
    assert.deepEqual(differences["data of rows.csv"], prints);
    assert.equal("data of same.csv" in differences, false);
  });

  it("are brought back to a step, branched from there, and then know where they come from", async () => {
    folder.write("a.model.ts", net(0.01));
    const directory = folder.path;
    await kindling(["train", "a.model.ts"], { directory });
    const [first] = await json("runs");
    folder.write("a.model.ts", "throw new Error('the text of now');\n");
    const back = await kindling(["rewind", first.id, "--to", "12"], { directory });
    assert.equal(back.code, 0, back.stderr);
    assert.match(back.stderr, /back before step 12 of .*; all that it told by then is the same, number for number/);
    assert.match(back.stdout, /^loss [\d.]+, .*train\/error [\d.]+\n\nmodel: Linear/);
    assert.equal((await json("runs")).length, 1);
    const unchanged = await kindling(["branch", first.id, "--from", "12"], { directory });
    assert.equal(unchanged.code, 0, unchanged.stderr);
    const [second] = await json("runs");
    assert.deepEqual([second.parent, second.last], [{ run: first.id, step: 12 }, first.last]);
    await kindling(["branch", first.id, "--from", "12", "--lr", "0.5"], { directory });
    const [third] = await json("runs");
    assert.deepEqual([third.parent, third.steps, third.last.loss === first.last.loss], [{ run: first.id, step: 12 }, 20, false]);
    assert.match((await kindling(["show", third.id], { directory })).stdout, new RegExp(`branch of +${first.id}, from step 12 on`));
    for (const [words, answer] of [
      [["rewind", first.id, "--to", "21"], /This run took 20 steps; step 21 was never reached/],
      [["resume", first.id], /This run came to its end; there is nothing to go on with/],
      [["branch", first.id], /which step\? `--from STEP` says it/],
    ] as const) {
      const { code, stderr } = await kindling(words, { directory });
      assert.match(stderr, answer);
      assert.notEqual(code, 0);
    }
  });

  it("are brought back to their very end, from where nothing goes on; a change that can't be made begins no branch", async () => {
    folder.write("a.model.ts", net(0.01));
    const directory = folder.path;
    await kindling(["train", "a.model.ts"], { directory });
    const back = await kindling(["rewind", "latest", "--to", "20"], { directory });
    assert.match(back.stderr, /^kindling: back at the end of .*, after 20 steps; all that it told by then is the same/);
    assert.deepEqual([back.code, /^loss [\d.]+, .*\n\nmodel: Linear/.test(back.stdout)], [0, true]);
    for (const [words, answer] of [
      [["--from", "20"], /This run took 20 steps and ended there, so nothing goes on from it/],
      [["--from", "20", "--code", "a.model.ts"], /ended there, so nothing goes on from it/],
      [["--from", "12", "--freeze", "wieght"], /there is no module or parameter `wieght` to freeze; did you mean `weight`\?/],
      [["--from", "12", "--lr", "0.01"], /the learning rate is 0\.01000 already/],
      [["--from", "12", "--lr", "-1"], /lr can't be -1\. Invalid learning rate/],
    ] as const) {
      const { code, stderr } = await kindling(["branch", "latest", ...words], { directory });
      assert.deepEqual([code, answer.test(stderr)], [1, true], stderr);
    }
    assert.equal((await json("runs")).length, 1);
    await kindling(["branch", "latest", "--from", "12", "--freeze", "model.weight"], { directory });
    assert.notEqual((await json("runs"))[0].last.loss, (await json("runs"))[1].last.loss);
  });

  it("that still go on aren't resumed, and are measured only as far as they are", async () => {
    folder.write("a.model.ts", `${net(0.01)}console.log("there");\nawait new Promise((resolve) => setTimeout(resolve, 20_000));\n`);
    const directory = folder.path;
    const { child, printed, ended } = await startKindling(["train", "a.model.ts"], { directory });
    await printed("there");
    // Though the program only waits since, all its steps are told.
    while ((await json("runs"))[0].steps < 20);
    const { code, stderr } = await kindling(["resume", "latest"], { directory });
    assert.deepEqual([code, stderr], [1, "kindling: This run still goes on.\n"]);
    process.kill(-child.pid!, "SIGKILL");
    await ended;
    const beyond = await kindling(["fill-in", "latest", "--measure", "30-40"], { directory });
    assert.deepEqual([beyond.code, beyond.stderr], [1, "kindling: This run took 20 steps; step 31 was never reached.\n"]);
  });

  it("go on in other code with the weights of a step, and what the optimizer remembered, as a branch", async () => {
    const directory = folder.path;
    const code = (more: string): string => `import { log, manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
const model = new nn.Linear(3, 1);
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
const x = randn(8, 3);
for (let i = 0; i < 20; i++) {
  const loss = model(x).sub(x.sum(1, true)).square().mean();
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
  ${more}
}
`;
    const file = folder.write("a.model.ts", code(""));
    await kindling(["train", "a.model.ts"], { directory });
    const [first] = await json("runs");
    writeFileSync(file, code("log({ own: i }); if (i === 7) break;"));
    const branched = await kindling(["branch", first.id, "--from", "12", "--code", "a.model.ts"], { directory });
    assert.equal(branched.code, 0, branched.stderr);
    const all = await json("runs");
    const [second] = all;
    assert.deepEqual([all.length, second.parent, second.steps, second.last.own], [2, { run: first.id, step: 12, otherCode: true }, 8, 7]);
    // The same course: steps 12 to 19 of the first are 0 to 7 of the second, bit for bit.
    const [before, after] = [first, second].map(({ folder: own }) =>
      readFileSync(join(own, "series.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .filter(({ name }) => name === "loss"),
    );
    assert.deepEqual(
      after!.map(({ value }) => value),
      before!.slice(12).map(({ value }) => value),
    );
    assert.match(
      (await kindling(["show", second.id], { directory })).stdout,
      new RegExp(`branch of +${first.id}, from step 12 on, in other code with its weights`),
    );
    for (const [words, answer] of [
      [["--code", "a.model.ts"], /which step\? `--from STEP` says it/],
      [["--from", "3", "--code", "a.model.ts", "--lr", "1"], /leave `--lr` and `--freeze` away/],
      [["--from", "21", "--code", "a.model.ts"], /This run took 20 steps; step 21 was never reached/],
      [["--from", "3", "--code", "gone.model.ts"], /there is no file gone\.model\.ts/],
    ] as const) {
      const { code: exit, stderr } = await kindling(["branch", first.id, ...words], { directory });
      assert.match(stderr, answer);
      assert.notEqual(exit, 0);
    }
  });

  it("are filled in with what the file logs now, and with the histograms of some steps", async () => {
    const file = folder.write("a.model.ts", net(0.01));
    const directory = folder.path;
    await kindling(["train", "a.model.ts"], { directory });
    const { last, id } = (await json("runs"))[0];
    folder.write("a.model.ts", readFileSync(file, "utf8").replace("log({", "log({ later: 2 * i,"));
    const filled = await kindling(["fill-in", "latest"], { directory });
    assert.deepEqual([filled.code, filled.stdout, filled.stderr], [0, "", `kindling: ${id} has now later\n`]);
    assert.equal((await kindling(["fill-in", id, "--measure", "3-5"], { directory })).stderr, `kindling: ${id} has now histograms of 3 steps\n`);
    assert.deepEqual((await json("runs"))[0].last, { ...last, later: 38 });
    const { added } = (await json("show", id)) as { added: { series: string[]; samples?: object }[] };
    assert.deepEqual(
      added.map(({ series, samples }) => [series, samples]),
      [
        [["later"], undefined],
        [[], { from: 3, to: 6 }],
      ],
    );
    assert.match((await kindling(["show", id], { directory })).stdout, /added later +later \(.*\n *added later +histograms of 3 steps/);
    folder.write("a.model.ts", net(0.02));
    const refused = await kindling(["fill-in", id], { directory });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Nothing was filled in: at step \d+ `\w+` is .*, and was .* then\./);
    const { code, stderr } = await kindling(["fill-in", id, "--measure", "some"], { directory });
    assert.deepEqual([code, /--measure takes steps, `--measure 390-410`, or `all`, not `some`/.test(stderr)], [2, true]);
  });

  it("are none where that is not wanted, and a run that isn't there is said to be none", async () => {
    folder.write("a.model.ts", net(0.01));
    await kindling(["train", "a.model.ts", "--no-keep"], { directory: folder.path });
    assert.equal(existsSync(join(folder.path, ".kindling")), false);
    assert.deepEqual(await json("runs"), []);
    const { code, stderr } = await kindling(["show", "latest"], { directory: folder.path });
    assert.deepEqual([code, /there is no run `latest` here/.test(stderr)], [2, true]);
  });
});

describe("several trainings of one file on the command line", function () {
  this.timeout(120_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const text = `import { log, manualSeed, nn, optim, randn } from "kindling";
manualSeed(42);
const lr = 0.01;
const width = 2;
const model = new nn.Sequential(new nn.Linear(3, width), new nn.Linear(width, 1));
const optimizer = new optim.SGD(model.parameters(), { lr });
for (let i = 0; i < 20; i++) {
  const x = randn(8, 3);
  const loss = model(x).sub(x.sum(1, true)).square().mean();
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
  log({ "val/error": loss });
}
`;
  const train = (...args: string[]) => kindling(["train", "a.model.ts", ...args], { directory: folder.path });
  const runs = async (): Promise<any[]> => JSON.parse((await kindling(["runs", "--json"], { directory: folder.path })).stdout);

  it("have a seed each, in place of the program's own, which is said; and are one group with a median and quartiles", async () => {
    folder.write("a.model.ts", text);
    const { stdout, stderr, code } = await train("--seeds", "3");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /3 trainings, group (seeds-\w+)/);
    assert.match(stderr, /seed \d, in place of the program's manualSeed\(42\)/);
    const all = (await runs()).sort((a, b) => a.seed - b.seed);
    assert.deepEqual(
      all.map(({ seed, state }) => [seed, state]),
      [
        [1, "finished"],
        [2, "finished"],
        [3, "finished"],
      ],
    );
    assert.equal(new Set(all.map(({ group }) => group)).size, 1);
    assert.equal(new Set(all.map(({ last }) => last.loss)).size, 3);
    assert.match(stdout, /^run .*\nseed 1 +finished .*\nseed 2 .*\nseed 3 .*\nmedian \(quartiles\) .*\(.* … .*\)/);
    // The same as a program that has this seed itself.
    folder.write("a.model.ts", text.replace("42", "2"));
    await train();
    assert.equal((await runs())[0].last.loss, all[1].last.loss);
  });

  it("begin with their seed where the program gives none", async () => {
    folder.write("a.model.ts", text.replace("manualSeed(42);\n", ""));
    const { stderr } = await train("--seeds", "2");
    assert.doesNotMatch(stderr, /in place of/);
    const once = (await runs()).map(({ last }) => last.loss).sort();
    await train("--seeds", "2");
    assert.deepEqual(
      (await runs())
        .slice(0, 2)
        .map(({ last }) => last.loss)
        .sort(),
      once,
    );
  });

  it("of two groups are held against each other seed by seed, in one sentence for each series", async () => {
    folder.write("a.model.ts", text);
    await train("--seeds", "4");
    folder.write("a.model.ts", text.replace("0.01", "0.1"));
    await train("--seeds", "4");
    const groups = [...new Set((await runs()).map(({ group }) => group))].reverse();
    const { stdout } = await kindling(["compare", ...groups], { directory: folder.path });
    assert.match(
      stdout,
      new RegExp(`\\nloss: ${groups[1]} is [\\d.]+ % better than ${groups[0]}, 95 % interval .* … .* %: .*noise.* \\(4 seeds, paired\\)\\.`),
    );
    const { sentences } = JSON.parse((await kindling(["compare", ...groups, "--json"], { directory: folder.path })).stdout);
    assert.equal(sentences.length, 2);
  });

  it("take all combinations of the values that constants are given", async () => {
    folder.write("a.model.ts", text);
    const { stdout, code } = await train("--with", "lr=0.1,0.01", "--with", "width=3,4");
    assert.equal(code, 0);
    for (const row of ["lr 0.1, width 3", "lr 0.1, width 4", "lr 0.01, width 3", "lr 0.01, width 4"]) assert.ok(stdout.includes(row), row);
    const all = await runs();
    assert.deepEqual(all.map(({ given }) => given.width).sort(), ["3", "3", "4", "4"]);
    const { differences } = JSON.parse((await kindling(["compare", all[0].group, "--json"], { directory: folder.path })).stdout);
    assert.deepEqual(differences["SGD lr"], differences.lr);
    // As if it stood in the file.
    folder.write("a.model.ts", text.replace("0.01", "0.1").replace("width = 2", "width = 4"));
    await train();
    const [own] = await runs();
    const same = all.find(({ given }) => given.lr === "0.1" && given.width === "4");
    assert.equal(own.last.loss, same.last.loss);
  });

  it("are refused with the reason where a constant can't be given a value", async () => {
    folder.write("a.model.ts", text);
    for (const [word, reason] of [
      ["rate=1", /no top-level `const rate`/],
      ["model=1", /`model` is computed/],
      ["lr=fast", /`lr` is a number/],
      ["lr", /--with lr=0\.1,0\.01/],
    ] as const) {
      const { code, stderr } = await train("--with", word);
      assert.deepEqual([code, reason.test(stderr)], [2, true], stderr);
    }
    assert.deepEqual(await runs(), []);
  });
});
