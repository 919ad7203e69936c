/** How long it takes to bring a kept run back to a step near its end, held against how long the run took. */
import { once } from "node:events";
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureServer } from "../../scripts/vscode-server.mjs";
import { listRuns, type KeptRun } from "../../src/keep/keptRuns.ts";
import { replayRequest } from "../../src/keep/replayRequest.ts";
import { defaultSampling, roomForRuns, type RunnerMessage, type RunRequest } from "../../src/protocol/index.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import { median, milliseconds, percent } from "./numbers.ts";
import { held, type Row } from "./report.ts";
import type { Subject } from "./subject.ts";
import { waitingRunner } from "./waitingRunner.ts";

const mostShare = 0.15;
/** Where in the run the step lies. */
const place = 0.9;

export const rewinding: Subject = {
  title: "how long it takes to bring a run back to a step",
  method:
    "`examples/digits.model.ts` is trained and kept in the runner on the Node that the VS Code server runs, from the word to run to its end, and then brought back to 90 % of its steps in another runner, from the word to run until it is paused there. The ratio is the median of the rounds' ratios.",
  async measure({ calm, rounds, say }) {
    const { node } = await ensureServer();
    const folder = temporaryFolder("rewinding");
    cpSync(join(repository, "examples"), folder, { recursive: true });
    const file = join(folder, "digits.model.ts");
    const keep = { folder: join(folder, "runs"), limit: roomForRuns };
    const [runs, ways, told]: [number[], number[], string[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      await calm.wait();
      const run = await timed(node, { file, mode: "train", directory: dirname(file), timeLimit: 0, threads: 0, sampling: defaultSampling, keep }, "finished");
      const kept: KeptRun = listRuns(keep.folder)[0]!;
      const step = Math.floor(kept.summary.steps * place);
      const way = await timed(node, replayRequest(kept, step, { sampling: defaultSampling, limit: keep.limit }), "paused");
      runs.push(run.time);
      ways.push(way.time);
      told.push(way.note);
      say(`run ${milliseconds(run.time)}, back to step ${step} ${milliseconds(way.time)}; ${way.note}`);
    }
    const share = median(ways.map((time, round) => time / runs[round]!));
    const rows: Row[] = [
      {
        what: "Digits, brought back to 90 % of its steps",
        measured: milliseconds(median(ways)),
        against: `${milliseconds(median(runs))} of the run, ≤ ${percent(mostShare)}`,
        verdict: `${percent(share)}, ${held(share, { atMost: mostShare })}; ${told.filter((note) => note.includes("not computed again")).length} of ${rounds} by the short way`,
      },
    ];
    return rows;
  },
};

/** Milliseconds from the word to run until the run is in that state. */
async function timed(node: string, request: RunRequest, state: "finished" | "paused"): Promise<{ readonly time: number; readonly note: string }> {
  const child = await waitingRunner(node);
  const begin = performance.now();
  let [end, note] = [NaN, ""];
  child.on("message", (message: RunnerMessage) => {
    if (message.type !== "event") return;
    const { event } = message;
    if (event.type === "note" && event.name === "rewound") {
      note = event.text;
    } else if (event.type === "state" && event.state === state && Number.isNaN(end)) {
      end = performance.now();
      if (state === "paused") child.send({ type: "stop" });
    }
  });
  child.send({ type: "run", request });
  await once(child, "close");
  if (Number.isNaN(end - begin)) throw new Error(`${request.file} was not ${state}`);
  return { time: end - begin, note };
}
