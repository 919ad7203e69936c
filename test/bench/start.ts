/** What an `import "kindling"` costs. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository } from "../harness/temporary.ts";
import { median, spread } from "./numbers.ts";
import { ways, type Way } from "./ours.ts";
import { held } from "./report.ts";
import type { Subject } from "./subject.ts";

const bar = 60;

/** Gives the milliseconds to `tell`. */
const importing = (tell: string): string =>
  `const begin = performance.now(); import(${JSON.stringify(pathToFileURL(join(repository, "dist", "kindling.js")).href)}).then(() => ${tell}(performance.now() - begin));`;

const inWorkers = (count: number): string => `
  import { Worker } from "node:worker_threads";
  import { once } from "node:events";
  const times = [];
  for (let i = 0; i < ${count}; i++) {
    const worker = new Worker(${JSON.stringify(`const { parentPort } = require("node:worker_threads"); ${importing("parentPort.postMessage.bind(parentPort)")}`)}, { eval: true, execArgv: [] });
    times.push((await once(worker, "message"))[0]);
    await worker.terminate();
  }
  console.log(JSON.stringify(times));`;

const inProcess = importing("console.log");

function run({ node, environment }: Way, program: string): unknown {
  return JSON.parse(execFileSync(node, ["--input-type=module", "--eval", program], { encoding: "utf8", env: { ...process.env, ...environment } }));
}

export const start: Subject = {
  title: "the time of an import",
  method:
    '`import "kindling"`: reading and compiling the code, WebAssembly instantiated and tested. In a fresh process of Node, and in fresh worker threads of a process that lives on, as the runner starts a program; median of the rounds.',
  async measure({ calm, rounds }) {
    const rows = [];
    for (const way of await ways()) {
      await calm.wait();
      const times = {
        "a fresh process": Array.from({ length: 3 * rounds }, () => run(way, inProcess) as number),
        "a fresh worker": run(way, inWorkers(3 * rounds)) as number[],
      };
      for (const [where, measured] of Object.entries(times)) {
        rows.push({
          what: `\`import "kindling"\` in ${where}: ${way.name}`,
          measured: spread(measured),
          against: `≤ ${bar} ms`,
          verdict: held(median(measured), { atMost: bar }),
        });
      }
    }
    return rows;
  },
};
