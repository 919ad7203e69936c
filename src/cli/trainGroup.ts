/** `kindling train` with `--seeds` and `--with`: several trainings of one file, and what came of them as a table. */
import { accessSync, constants as fileModes, mkdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { Together } from "../client/trainTogether.ts";
import { differenceTexts, variantOf } from "../keep/comparison.ts";
import { listRuns, type KeptRun } from "../keep/keptRuns.ts";
import { readRun } from "../keep/readRun.ts";
import { whyNotWritten } from "../keep/whyNotWritten.ts";
import { givenValues, NotGiven } from "../lint/constants.ts";
import type { Problem, RunEvent, RunRequest } from "../protocol/index.ts";
import { bestOf, namesOf, variantsOf } from "../run/comparison.ts";
import { givenTexts, groupName, requestsOf, seedsOf, type Variations } from "../run/group.ts";
import { formatCount, formatNumber, plural } from "../run/numbers.ts";
import { reduceSnapshot, type RunSnapshot } from "../run/snapshot.ts";
import { quantile } from "../run/quantile.ts";
import { type ConstantValues } from "./commandLine.ts";
import { UsageError } from "./usageError.ts";
import { Complaints } from "../lint/complaints.ts";
import { tableText } from "./keptRuns.ts";
import { problemText, type Paint } from "./problemText.ts";
import { newRun, startRunner } from "./runner.ts";
import { sourceText } from "../client/sourceText.ts";

export interface Varied {
  readonly seeds: number;
  readonly constants: readonly ConstantValues[];
}

/** Resolves with the exit code: 0 where all came to their end. */
export async function trainGroup(script: URL, request: RunRequest, varied: Varied, paint: Paint): Promise<number> {
  const variations = variationsOf(request.file, varied);
  const group = groupName(variations, Date.now());
  const requests = requestsOf(request, group, variations);
  const say = (text: string): void => void process.stderr.write(text);
  const why = whyNotKept(request.keep!.folder);
  if (why !== undefined) {
    say(`kindling: ${request.keep!.folder} can't be written, and without what is kept of them there is nothing to compare: ${why}\n`);
    return 1;
  }
  say(`kindling: ${plural(requests.length, "training")}, group ${group}\n`);
  // What each prints is kept; here it would be in each other's way.
  const together = new Together(requests, () => startRunner(script, (stdout, stderr) => [stdout, stderr].forEach((stream) => stream.resume())));
  const troubles = requests.map(() => new Troubles(request, paint));
  const said = new Set<string>();
  let saidSeed = false;
  let ended = 0;
  const signal = await interruptible(together, say, () =>
    together.run({
      event(place, event) {
        // What is wrong with one is often wrong with all. Of the others it is said why they failed.
        for (const { severity, text } of troubles[place]!.of(event)) {
          if (said.has(text) || (place > 0 && severity !== "error")) continue;
          said.add(text);
          say(place > 0 ? `kindling: ${callOf(requests[place]!)}:\n${text}` : text);
        }
        if (event.type !== "note" || event.name !== "seed" || saidSeed) return;
        saidSeed = true;
        say(`kindling: seed ${event.text}; in each training its own\n`);
      },
      ended(place, { state }) {
        ended++;
        say(`kindling: ${callOf(requests[place]!)}: ${state}\n`);
      },
    }),
  );
  if (ended < requests.length) say(`kindling: ${formatCount(requests.length - ended)} of ${plural(requests.length, "training")} did not begin\n`);
  const runs = listRuns(request.keep!.folder)
    .filter(({ info }) => info.group === group)
    .sort((a, b) => placeOf(a, requests) - placeOf(b, requests));
  process.stdout.write(resultText(runs, paint));
  if (signal !== undefined) return 128 + constants.signals[signal];
  return runs.length === requests.length && runs.every(({ state }) => state === "finished") ? 0 : 1;
}

function whyNotKept(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, fileModes.W_OK);
    return undefined;
  } catch (error) {
    return whyNotWritten(error);
  }
}

/** What there is to say of one of them. */
class Troubles {
  readonly #complaints: Complaints;
  readonly #paint: Paint;
  #run: RunSnapshot;

  constructor(request: RunRequest, paint: Paint) {
    this.#complaints = new Complaints(request.file, sourceText);
    this.#paint = paint;
    this.#run = newRun(request);
  }

  of(event: RunEvent): readonly { readonly severity: Problem["severity"]; readonly text: string }[] {
    this.#run = reduceSnapshot(this.#run, event);
    return this.#complaints.of(event, this.#run).map((problem) => ({ severity: problem.severity, text: problemText(problem, this.#paint) }));
  }
}

function variationsOf(file: string, { seeds, constants: given }: Varied): Variations {
  const text = readFileSync(file, "utf8");
  try {
    return { seeds: seedsOf(seeds), constants: given.map(({ name, values }) => givenValues(text, name, values)) };
  } catch (error) {
    throw error instanceof NotGiven ? new UsageError(error.message) : error;
  }
}

/** Ctrl+C stops all of them, and a second one ends them at once. */
async function interruptible(together: Together, say: (text: string) => void, run: () => Promise<unknown>): Promise<NodeJS.Signals | undefined> {
  let received: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals): void => {
    if (received !== undefined) return together.kill();
    received = signal;
    say(`Stopping … (${signal === "SIGINT" ? "Ctrl+C" : signal} again to end them at once)\n`);
    together.stop();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  await run();
  for (const signal of signals) process.off(signal, interrupt);
  return received;
}

function callOf({ seed, given = [] }: RunRequest): string {
  return givenTexts({ given: Object.fromEntries(given.map(({ name, value }) => [name, value])), ...(seed !== undefined && { seed }) }).join(", ");
}

function placeOf({ info }: KeptRun, requests: readonly RunRequest[]): number {
  return requests.findIndex((request) => callOf(request) === givenTexts(info).join(", "));
}

/** A row for each run, one for each variant with its median and quartiles, and whether two variants differ. */
function resultText(runs: readonly KeptRun[], paint: Paint): string {
  const names = namesOf(runs.map(({ summary }) => summary.series)).filter((name) => name !== "lr" && !name.startsWith("lr/"));
  const columns = names.flatMap((name) => {
    const last = { title: name, of: ({ summary }: KeptRun) => summary.series[name]?.last };
    const best = { title: `best ${name}`, of: ({ summary }: KeptRun) => bestOf(name, summary.series[name]) };
    return runs.some((run) => best.of(run) !== undefined) ? [last, best] : [last];
  });
  const rows = variantsOf(runs.map((run) => ({ id: run.id, variant: variantOf(run), run }))).flatMap((variant) => {
    const own = variant.map(({ run }) => run);
    const each = own.map((run) => [givenTexts(run.info).join(", "), run.state, ...columns.map(({ of }) => formatNumber(of(run)))]);
    if (own.length < 2) return each;
    const quartiles = columns.map(({ of }) => own.flatMap((run) => of(run) ?? []).filter(Number.isFinite)).map(quartilesText);
    return [...each, [[...givenTexts({ given: own[0]!.info.given ?? {} }), "median (quartiles)"].join(", "), "", ...quartiles]];
  });
  const beside = runs.map((kept) => ({ kept, told: readRun(kept), title: givenTexts(kept.info).join(", ") }));
  const sentences = differenceTexts(beside);
  return [tableText(["run", "state", ...columns.map(({ title }) => title)], rows, paint), ...sentences.map((sentence) => `${sentence}\n`)].join("");
}

function quartilesText(values: readonly number[]): string {
  if (values.length === 0) return "–";
  const sorted = [...values].sort((a, b) => a - b);
  return `${formatNumber(quantile(sorted, 0.5))} (${formatNumber(quantile(sorted, 0.25))} … ${formatNumber(quantile(sorted, 0.75))})`;
}
