import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { builtRunner } from "../runner/built.ts";
import { Folder, run } from "../runner/job.ts";
import { kindling } from "./command.ts";

const programs: readonly [name: string, text: string, piped: string, output: string][] = [
  [
    "lines of readline",
    'import readline from "node:readline";\nlet n = 0;\nfor await (const _ of readline.createInterface({ input: process.stdin })) n++;\nconsole.log("lines", n);\n',
    "a\nb\n",
    "lines 2\n",
  ],
  [
    "a question",
    'import readline from "node:readline/promises";\nconst rl = readline.createInterface({ input: process.stdin, output: process.stdout });\nconst name = await rl.question("who? ");\nrl.close();\nconsole.log("hello", name);\n',
    "you\nmore\n",
    "who? hello you\n",
  ],
  ["chunks", 'let text = "";\nfor await (const chunk of process.stdin) text += chunk;\nconsole.log(text.length);\n', "x".repeat(300_000), "300000\n"],
  ["the descriptor", 'import { readFileSync } from "node:fs";\nconsole.log(readFileSync(0, "utf8").trim());\n', "all of it\n", "all of it\n"],
  ["nothing of it", 'process.stdin.on("end", () => {});\nconsole.log(process.stdin.isTTY ?? false, process.stdin.fd);\n', "unread\n", "false 0\n"],
];

describe("a program's stdin", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  for (const [name, text, piped, output] of programs) {
    it(`is what is piped into the command: ${name}`, async () => {
      folder.write("net.model.ts", text);
      const end = await kindling(["train", "net.model.ts"], { directory: folder.path, input: piped });
      assert.deepEqual([end.code, end.stdout], [0, output], end.stderr);
    });
  }

  it("is empty and ends at once in the editor", async () => {
    const job = await run(folder.write("net.model.ts", programs[0]![1]));
    assert.deepEqual([job.stdout, job.states.at(-1)], ["lines 0\n", "finished"]);
  });

  it("may be a file", async () => {
    folder.write("net.model.ts", programs[0]![1]);
    folder.write("lines.txt", "1\n2\n3\n");
    const script = fileURLToPath(new URL("cli/main.js", await builtRunner()));
    const { stdout } = spawnSync("sh", ["-c", `"${process.execPath}" "${script}" train net.model.ts < lines.txt`], { cwd: folder.path, encoding: "utf8" });
    assert.equal(stdout, "lines 3\n");
  });

  it("may be a terminal", async function () {
    // A terminal is made by a program of Linux's, which others have in another form or not at all.
    if (spawnSync("script", ["--version"]).error) this.skip();
    folder.write("net.model.ts", `${programs[1]![1]}console.log(String(process.stdin.isTTY), typeof process.stdin.setRawMode);\n`);
    const script = fileURLToPath(new URL("cli/main.js", await builtRunner()));
    const { stdout } = spawnSync("script", ["-qec", `"${process.execPath}" "${script}" train net.model.ts`, "/dev/null"], {
      cwd: folder.path,
      encoding: "utf8",
      input: "you\n",
      timeout: 30_000,
    });
    assert.match(stdout, /hello you\r\ntrue function/);
  });

  it("leaves arguments behind -- to the program, of train and inspect", async () => {
    folder.write("net.model.ts", "console.error(JSON.stringify(process.argv.slice(2)));\n");
    for (const mode of ["train", "inspect"]) {
      const end = await kindling([mode, "net.model.ts", "--", "--epochs", "3", "--threads=0"], { directory: folder.path });
      assert.match(end.stderr, /^\["--epochs","3","--threads=0"\]\n/);
    }
  });
});
