import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, symlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Folder } from "../runner/job.ts";
import { kindling, startKindling } from "./command.ts";

const forever = `import { nn, optim, randn } from "kindling";
const model = new nn.Linear(2, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
console.log("going");
for (;;) { optimizer.zeroGrad(); model(randn(4, 2)).sum().backward(); optimizer.step(); }
`;
const stuck = 'import { execSync } from "node:child_process";\nconsole.log("stuck");\nexecSync("sleep 1234");\n';

/** The process and all that descend from it. */
function family(ancestor: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [ancestor];
  for (const parent of found) found.push(...rows.filter(([, ppid]) => ppid === parent).map(([pid]) => pid!));
  return found;
}

/** Resolves when somebody reads the FIFO, with the end into which nobody will write. */
async function reader(fifo: string): Promise<number> {
  for (;;) {
    try {
      return openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
      await delay(20);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    // A process that nobody has waited for yet is dead all the same.
    return !execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("Z");
  } catch {
    return false;
  }
}

describe("how a command ends", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const file = (text: string) => folder.write("net.model.ts", text);
  const start = (...args: string[]) => startKindling(args, { directory: folder.path });
  const run = (...args: string[]) => kindling(args, { directory: folder.path });

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`${signal} before the program runs is obeyed, and is ${code}`, async () => {
      file(forever);
      const { child, ended } = await start("train", "net.model.ts");
      while (!family(child.pid!).some((pid) => pid !== child.pid)) await delay(5);
      process.kill(-child.pid!, signal);
      const end = await ended;
      assert.equal(end.code, code);
      assert.doesNotMatch(end.stderr, /memory|error/i);
    });

    it(`${signal} in a training is ${code}, and so it is where a native call holds the program`, async () => {
      for (const [text, word] of [
        [forever, "going"],
        [stuck, "stuck"],
      ] as const) {
        file(text);
        const { child, ended, printed } = await start("train", "net.model.ts");
        await printed(word);
        if (word === "going") process.kill(-child.pid!, signal);
        else child.kill(signal);
        const end = await ended;
        assert.equal(end.code, code);
        assert.match(end.stderr, /kindling: stopped/);
        assert.doesNotMatch(end.stderr, /memory|error/i);
      }
    });

    it(`${signal} in an inspection is ${code}`, async () => {
      file('process.stderr.write("looking\\n");\nwhile (true) {}\n');
      const { child, ended } = await start("inspect", "net.model.ts");
      await new Promise((resolve) => child.stderr!.once("data", resolve));
      child.kill(signal);
      const end = await ended;
      assert.deepEqual(end, { code, stdout: "", stderr: "looking\nkindling: stopped\n" });
    });
  }

  it("Ctrl+C that ends a child of the program's, too, stops the run; what the program made of it is a warning", async () => {
    file(stuck);
    const { child, ended, printed } = await start("train", "net.model.ts");
    await printed("stuck");
    while (family(child.pid!).length < 4) await delay(20);
    process.kill(-child.pid!, "SIGINT");
    const end = await ended;
    assert.equal(end.code, 130);
    assert.match(end.stderr, /kindling: stopped/);
    assert.doesNotMatch(end.stderr, /^error/m);
  });

  it("a second Ctrl+C ends at once, stopped and not failed", async () => {
    file('console.log("going");\ntry { while (true) {} } finally { while (true) {} }\n');
    const { child, ended, printed } = await start("train", "net.model.ts");
    await printed("going");
    child.kill("SIGINT");
    await new Promise((resolve) => child.stderr!.once("data", resolve));
    child.kill("SIGINT");
    const end = await ended;
    assert.equal(end.code, 130);
    assert.match(end.stderr, /kindling: stopped/);
    assert.doesNotMatch(end.stderr, /memory|error/i);
  });

  it("Ctrl+C is obeyed while the file is bundled", async () => {
    execFileSync("mkfifo", [`${folder.path}/slow.ts`]);
    file('import "./slow";\n');
    const { child, ended } = await start("train", "net.model.ts");
    const writer = await reader(`${folder.path}/slow.ts`);
    process.kill(-child.pid!, "SIGINT");
    const end = await ended;
    closeSync(writer);
    assert.equal(end.code, 130);
    assert.doesNotMatch(end.stderr, /memory|error/i);
  });

  it("the process and its children die with the command, also when a native call holds the program", async () => {
    file(stuck);
    const { child, ended, printed } = await start("train", "net.model.ts");
    await printed("stuck");
    // The command, the runner, esbuild, and the program's own child.
    while (family(child.pid!).length < 4) await delay(20);
    const all = family(child.pid!);
    child.kill("SIGKILL");
    const begin = performance.now();
    await ended;
    const alive = () => all.filter(isAlive);
    while (alive().length > 0) {
      assert.ok(performance.now() - begin < 2000, `alive: ${alive().join()}`);
      await delay(20);
    }
  });

  it("the program's own choice of an exit code is the command's", async () => {
    for (const [text, code, words] of [
      ["process.exitCode = 4;", 4, /process\.exitCode = 4/],
      ["process.exit(3);", 3, /process\.exit\(3\)/],
      ["process.abort();", 134, /process\.abort\(\)/],
      ["process.kill(process.pid);\nawait new Promise(() => setInterval(() => {}, 1000));", 143, /process\.kill\(process\.pid, "SIGTERM"\)/],
    ] as const) {
      file(text);
      const end = await run("train", "net.model.ts");
      assert.equal(end.code, code, text);
      assert.match(end.stderr, words);
      assert.doesNotMatch(end.stderr, /memory/);
    }
  });

  it("a bad folder for temporary files is told, with what to do", async () => {
    file("console.log(1);");
    folder.write("file", "");
    for (const [place, words] of [
      ["/nowhere/at/all", /there is no such folder/],
      [`${folder.path}/file`, /is not a folder/],
      ["/proc", /no such folder|nothing may be written/],
    ] as const) {
      const end = await kindling(["train", "net.model.ts"], { directory: folder.path, environment: { TMPDIR: place } });
      assert.equal(end.code, 1);
      assert.match(end.stderr, words);
      assert.match(end.stderr, /set TMPDIR to another folder/);
      assert.doesNotMatch(end.stderr, /memory/);
    }
  });

  it("runs with odd letters in the folder for temporary files, and with a link to it; nothing is left there", async () => {
    file('\nthrow new Error("boom");\n');
    mkdirSync(`${folder.path}/t#m p%20?`);
    symlinkSync(`${folder.path}/t#m p%20?`, `${folder.path}/link`);
    for (const name of ["t#m p%20?", "link"]) {
      const end = await kindling(["train", "net.model.ts"], { directory: folder.path, environment: { TMPDIR: `${folder.path}/${name}` } });
      assert.match(end.stderr, /--> net\.model\.ts:2:7/);
      assert.deepEqual(readdirSync(`${folder.path}/${name}`), []);
    }
  });

  it("what a killed run left is swept at the next start, what a live one has is not", async () => {
    const gone = execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).trim();
    const left = `${folder.path}/kindling-run-${gone}-abcdef`;
    const live = `${folder.path}/kindling-run-${process.pid}-abcdef`;
    for (const path of [left, live]) mkdirSync(path);
    file("console.log(1);");
    await kindling(["train", "net.model.ts"], { directory: folder.path, environment: { TMPDIR: folder.path } });
    assert.deepEqual([existsSync(left), existsSync(live)], [false, true]);
  });
});
