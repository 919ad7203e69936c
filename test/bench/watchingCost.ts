/** What measuring costs: one step, and whole runs with the settings that users begin with. */
import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { defaultSampling } from "../../src/protocol/index.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import { bundleProgram } from "./bundle.ts";
import type { WatchedSteps } from "./inside/watchedSteps.ts";
import { median, milliseconds, percent } from "./numbers.ts";
import { held, type Row } from "./report.ts";
import type { Bench } from "./subject.ts";
import { timedRun, type Timed } from "./timedRun.ts";

const mostSteps = 2;
const mostShare = 0.05;
/** Milliseconds; of runs that take less than a second. */
const mostOfShort = 30;

/** 400 steps of a small transformer that learns to turn sequences around. */
const transformer = `import { arange, manualSeed, nn, optim, randint, type Tensor } from "kindling";
manualSeed(0);
class Model extends nn.Module {
  tokens = new nn.Embedding(16, 64); places = new nn.Embedding(24, 64);
  encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(64, 4, { dimFeedforward: 256, batchFirst: true }), 2);
  head = new nn.Linear(64, 16);
  override forward(x: Tensor): Tensor { return this.head(this.encoder(this.tokens(x).add(this.places(arange(0, 24))))); }
}
const model = new Model();
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
const lossFn = new nn.CrossEntropyLoss();
for (let step = 0; step < 400; step++) {
  const x = randint(0, 16, [16, 24]);
  const loss = lossFn(model(x).reshape(-1, 16), x.flip(1).reshape(-1));
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
}
`;

/** @param node that runs everything */
export async function watchingCost({ calm, rounds, say }: Bench, node: string): Promise<Row[]> {
  await calm.wait();
  return [...(await stepRows(node)), ...(await runRows(node, { calm, rounds, say }))];
}

async function stepRows(node: string): Promise<Row[]> {
  const program = await bundleProgram(join(import.meta.dirname, "inside", "watchedSteps.ts"), join(temporaryFolder("watched"), "watched.mjs"), "source");
  const { stdout } = await promisify(execFile)(node, [program], { env: { ...process.env, KINDLING_KERNELS: "revectorized" } });
  return Object.entries(JSON.parse(stdout) as Record<string, WatchedSteps>).map(([name, { measured, unwatched }]) => {
    const cost = (measured - unwatched) / unwatched;
    const bar =
      name === "CNN"
        ? { against: `< ${mostSteps} of its steps`, verdict: `${cost.toFixed(2)} steps, ${held(cost, { atMost: mostSteps })}` }
        : { verdict: `${cost.toFixed(2)} steps` };
    return { what: `Measuring one step of digits' ${name}`, measured: milliseconds(measured - unwatched), ...bar };
  });
}

/** Six times the epochs: what measuring takes at a run's beginning is no longer most of it. */
function longer(text: string): string {
  const calls = /, 20\);$/gm;
  if (text.match(calls)?.length !== 2) throw new Error("digits no longer trains as this benchmark expects");
  return text.replace(calls, ", 120);");
}

async function runRows(node: string, { calm, rounds, say }: Pick<Bench, "calm" | "rounds" | "say">): Promise<Row[]> {
  const folder = temporaryFolder("watching-cost");
  cpSync(join(repository, "examples"), folder, { recursive: true });
  writeFileSync(join(folder, "transformer.model.ts"), transformer);
  writeFileSync(join(folder, "digits-longer.model.ts"), longer(readFileSync(join(folder, "digits.model.ts"), "utf8")));
  const rows: Row[] = [];
  for (const name of ["digits", "digits-longer", "resnet", "transformer", "circle", "simple-classifier"]) {
    const file = join(folder, `${name}.model.ts`);
    const [watched, alone]: [Timed[], Timed[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      await calm.wait();
      watched.push(await timedRun(node, file, { sampling: defaultSampling }));
      alone.push(await timedRun(node, file, { sampling: { ...defaultSampling, enabled: false } }));
    }
    const [time, without] = [median(watched.map((one) => one.time)), median(alone.map((one) => one.time))];
    const [more, share] = [time - without, time / without - 1];
    say(`${name}: ${milliseconds(time)} with ${median(watched.map(({ samples }) => samples))} samples, ${milliseconds(without)} without`);
    const verdict =
      without < 1000 ? `${milliseconds(more)} more, ${held(more, { atMost: mostOfShort })}` : `${percent(share)} more, ${held(share, { atMost: mostShare })}`;
    const against =
      without < 1000 ? `${milliseconds(without)} without, ≤ ${mostOfShort} ms more` : `${milliseconds(without)} without, ≤ ${percent(mostShare)} more`;
    rows.push({ what: `Whole run of ${name}, measured as by default`, measured: milliseconds(time), against, verdict });
  }
  return rows;
}
