/**
 * `npm run bench`: measures, prints one table, and with `--write` puts it into docs/performance.md. It passes or fails nothing.
 *   npm run bench -- [SUBJECT …] [--write] [--rounds N] [--patience SECONDS]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repository } from "../harness/temporary.ts";
import { vsix } from "../harness/vsix.ts";
import { activation } from "./activation.ts";
import { engineSteps } from "./engineSteps.ts";
import { firstLoss } from "./firstLoss.ts";
import { Calm, describeMachine } from "./machine.ts";
import { manyModules } from "./manyModules.ts";
import { block, table, writeBlocks, type Report } from "./report.ts";
import { saveToLens } from "./saveToLens.ts";
import { sizes } from "./sizes.ts";
import type { Bench, Subject } from "./subject.ts";
import { watching } from "./watching.ts";

const subjects: Readonly<Record<string, Subject>> = {
  activation,
  "save-to-lens": saveToLens,
  "first-loss": firstLoss,
  watching,
  "many-modules": manyModules,
  sizes,
  "engine-steps": engineSteps,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    patience: { type: "string", default: "60" },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(subjects);
const unknown = names.filter((name) => !(name in subjects));
if (unknown.length > 0) throw new Error(`there is no subject ${unknown.join(", ")}; there are ${Object.keys(subjects).join(", ")}`);

const calm = new Calm(Number(values.patience) * 1000);
const bench: Bench = {
  vsix: await vsix(),
  calm,
  rounds: Number(values.rounds),
  say: (text) => void process.stderr.write(`bench: ${text}\n`),
};

const reports: Report[] = [];
let failed = false;
for (const name of names) {
  const subject = subjects[name]!;
  bench.say(subject.title);
  try {
    const rows = await subject.measure(bench);
    reports.push({ subject: name, method: subject.method, rows, date: new Date().toISOString().slice(0, 10), disturbance: calm.take() });
  } catch (error) {
    failed = true;
    console.error(`bench: ${name} could not be measured:`, error);
  }
}

const machine = await describeMachine();
process.stdout.write(`${machine}\n\n${table(reports.flatMap(({ rows }) => rows))}\n`);
if (values.write) {
  writeBlocks(join(repository, "docs", "performance.md"), new Map([["machine", machine], ...reports.map((report) => [report.subject, block(report)] as const)]));
}
process.exit(failed ? 1 : 0);
