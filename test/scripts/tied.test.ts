/** What the tests, the benchmarks and `npm start` start ends with them, however they end. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";

const system = pathToFileURL(join(repository, "scripts", "system.mjs")).href;

/** A program that prints its own number and that of a child, and would go on for an hour. */
const lasting = `
  const child = require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 3600000)"], { stdio: "ignore" });
  console.log(JSON.stringify([process.pid, child.pid]));
  setTimeout(() => {}, 3600000);`;

function starter(): ChildProcess {
  const code = `import { spawnTied } from ${JSON.stringify(system)}; spawnTied(process.execPath, ["-e", ${JSON.stringify(lasting)}]); setTimeout(() => {}, 3600000);`;
  return spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a program that is tied to the one that started it", () => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGKILL"] as const) {
    it(`ends with its children when the other is ended by ${signal}`, async () => {
      const parent = starter();
      const [line] = (await once(parent.stdout!, "data")) as [Buffer];
      const pids = JSON.parse(String(line)) as number[];
      assert.deepEqual(pids.map(isAlive), [true, true]);
      parent.kill(signal);
      await eventually(
        "processes gone",
        () => pids.map(isAlive),
        (alive) => !alive.includes(true),
        5_000,
      );
    });
  }
});
