/** What keeping a run costs it: all but checkpoints, and checkpoints. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureServer } from "../../scripts/vscode-server.mjs";
import { checkpointEvents, checkpointsOf } from "../../src/keep/checkpoints.ts";
import { listRuns } from "../../src/keep/keptRuns.ts";
import { defaultSampling, roomForRuns, type KeepOptions } from "../../src/protocol/index.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import { median, milliseconds, percent } from "./numbers.ts";
import { held, type Row } from "./report.ts";
import type { Bench, Subject } from "./subject.ts";
import { timedRun } from "./timedRun.ts";

const mostShare = 0.03;
/** One run of seconds is as long as another within some percent only. */
const runsOfRound = { digits: 4, resnet: 6, wide: 1 } as const;

/** Eight million parameters, trained by Adam: a checkpoint takes 100 MB. */
const wide = `import { manualSeed, nn, optim, randn } from "kindling";
manualSeed(0);
const model = new nn.Sequential(new nn.Linear(512, 4096), new nn.ReLU(), new nn.Linear(4096, 1024), new nn.ReLU(), new nn.Linear(1024, 1024));
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-4 });
const x = randn(128, 512);
for (let step = 0; step < 150; step++) {
  optimizer.zeroGrad(); model(x).square().mean().backward(); optimizer.step();
}
`;

interface Kept {
  readonly time: number;
  /** Of the program's time, what taking checkpoints took by its own account. */
  readonly share: number;
  readonly taken: number;
  readonly files: number;
}

export const keeping: Subject = {
  title: "what keeping a run costs it",
  method:
    "Whole runs in the runner on the Node that the VS Code server runs, default sampling: not kept, kept without checkpoints, and kept as by default, each first in turn: in a round four runs of digits, six of resnet, one of wide; the ratios are those of the medians. Beside that, what the checkpoints took of the program's thread by its own clock, which the machine's moods don't reach.",
  async measure(bench) {
    const { node } = await ensureServer();
    const folder = temporaryFolder("keeping");
    cpSync(join(repository, "examples"), folder, { recursive: true });
    writeFileSync(join(folder, "wide.model.ts"), wide);
    const rows: Row[] = [];
    for (const name of ["digits", "resnet", "wide"] as const) rows.push(...(await rowsOf(name, join(folder, `${name}.model.ts`), node, bench)));
    return rows;
  },
};

const kinds = ["without", "plain", "full"] as const;

function turned<T>(all: readonly T[], by: number): readonly T[] {
  const first = by % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

async function rowsOf(name: keyof typeof runsOfRound, file: string, node: string, { calm, rounds, say }: Bench): Promise<Row[]> {
  const [without, plain, full]: [number[], number[], Kept[]] = [[], [], []];
  for (let run = 0; run < rounds * runsOfRound[name]; run++) {
    await calm.wait();
    // Each goes first in turn: a machine that has just been idle is faster.
    for (const kind of turned(kinds, run)) {
      if (kind === "without") without.push((await timedRun(node, file, { sampling: defaultSampling })).time);
      else if (kind === "plain") plain.push((await keptRun(node, file, { checkpoints: false })).time);
      else full.push(await keptRun(node, file, {}));
    }
    const last = full.at(-1)!;
    say(`${name}: ${milliseconds(without.at(-1)!)} not kept, ${milliseconds(plain.at(-1)!)} kept, ${milliseconds(last.time)} with ${last.taken} checkpoints`);
  }
  const more = (all: readonly number[]): number => median(all) / median(without) - 1;
  const share = median(full.map((one) => one.share));
  const counts = `${median(full.map(({ taken }) => taken))} taken, ${median(full.map(({ files }) => files))} kept`;
  const [keptMore, fullMore] = [more(plain), more(full.map(({ time }) => time))];
  return [
    { what: `Run of ${name}, kept without checkpoints`, measured: milliseconds(median(plain)), verdict: `${percent(keptMore)} more` },
    {
      what: `Run of ${name}, kept`,
      measured: milliseconds(median(full.map(({ time }) => time))),
      against: `${milliseconds(median(without))} not kept, ≤ ${percent(mostShare)} more`,
      verdict: `${percent(fullMore)} more, ${held(fullMore, { atMost: mostShare })}`,
    },
    {
      what: `Checkpoints of ${name}, of the program's time`,
      measured: percent(share),
      against: `≤ ${percent(mostShare)}`,
      verdict: `${counts}, ${held(share, { atMost: mostShare })}`,
    },
  ];
}

async function keptRun(node: string, file: string, options: Pick<KeepOptions, "checkpoints">): Promise<Kept> {
  const folder = join(temporaryFolder("kept"), "runs");
  const { time } = await timedRun(node, file, { sampling: defaultSampling, keep: { folder, limit: roomForRuns, ...options } });
  const [run] = listRuns(folder);
  const events = checkpointEvents(run!);
  return { time, share: events.reduce((sum, { cost }) => sum + cost, 0) / time, taken: events.length, files: checkpointsOf(run!).length };
}
