/**
 * `npm run bench`: measures, prints one table, and with `--write` puts it into docs/performance.md and pictures beside it.
 * It passes or fails nothing.
 *   npm run bench -- [SUBJECT …] [--write] [--rounds N] [--patience SECONDS]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repository } from "../harness/temporary.ts";
import { vsix } from "../harness/vsix.ts";
import { activation } from "./activation.ts";
import { engineSteps } from "./engineSteps.ts";
import { firstLoss } from "./firstLoss.ts";
import { growths } from "./growth.ts";
import { keeping } from "./keeping.ts";
import { Calm, describeMachine } from "./machine.ts";
import { manyCurves } from "./manyCurves.ts";
import { manyModules } from "./manyModules.ts";
import { memory } from "./memory.ts";
import { products } from "./products.ts";
import { block, table, writeBlocks, type Report } from "./report.ts";
import { rewinding } from "./rewinding.ts";
import { roofline } from "./roofline.ts";
import { saveToHint, saveToLens } from "./saveToSight.ts";
import { sizes } from "./sizes.ts";
import { start } from "./start.ts";
import type { Bench, Subject } from "./subject.ts";
import { typing } from "./typing.ts";
import { watching } from "./watching.ts";

const subjects: Readonly<Record<string, Subject>> = {
  activation,
  "save-to-lens": saveToLens,
  "save-to-hint": saveToHint,
  "first-loss": firstLoss,
  watching,
  keeping,
  rewinding,
  typing,
  "many-curves": manyCurves,
  "many-modules": manyModules,
  sizes,
  start,
  "engine-steps": engineSteps,
  products,
  roofline,
  ...growths,
  memory,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    patience: { type: "string", default: "60" },
  },
});
/** `growth` names all whose names begin so. */
const named = (asked: string): string[] => Object.keys(subjects).filter((name) => name === asked || name.startsWith(`${asked}-`));
const names = positionals.length > 0 ? positionals.flatMap(named) : Object.keys(subjects);
const unknown = positionals.filter((asked) => named(asked).length === 0);
if (unknown.length > 0) throw new Error(`there is no subject ${unknown.join(", ")}; there are ${Object.keys(subjects).join(", ")}`);

const docs = join(repository, "docs");

function draw(name: string, picture: string): void {
  if (!values.write) return;
  mkdirSync(join(docs, "pictures"), { recursive: true });
  writeFileSync(join(docs, "pictures", `${name}.svg`), picture);
}

const calm = new Calm(Number(values.patience) * 1000);
const bench: Bench = {
  vsix,
  calm,
  rounds: Number(values.rounds),
  say: (text) => void process.stderr.write(`bench: ${text}\n`),
  draw,
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
  writeBlocks(join(docs, "performance.md"), new Map([["machine", machine], ...reports.map((report) => [report.subject, block(report)] as const)]));
}
process.exit(failed ? 1 : 0);
