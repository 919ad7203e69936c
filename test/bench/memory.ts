/** How much memory training takes, and how much time the engine's own management of it. */
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../harness/temporary.ts";
import { median, megabytes, percent } from "./numbers.ts";
import { javascriptLibraries, kindlings, pytorch } from "./peers/libraries.ts";
import { programs, train, type Peer } from "./peers/peer.ts";
import { Contestant, race } from "./race.ts";
import type { Row } from "./report.ts";
import type { Bench, Subject } from "./subject.ts";

/** Milliseconds of training: many times what fills the nursery. */
const duration = 3_000;

async function measurePeak(optimizer: string, bench: Bench): Promise<Row[]> {
  const reference = await pytorch(bench.say);
  const contestants = [...(await kindlings()), ...(reference ? [reference] : []), ...(await javascriptLibraries(bench.say))].map(
    (peer) => new Contestant(peer),
  );
  const what = `${programs["cnn"]!.title}, ${optimizer}`;
  await race(
    contestants,
    {
      what,
      ask: ({ peer }) => train(peer, programs["cnn"]!, optimizer, duration),
      numberOf: ({ memory }) => memory,
    },
    bench,
  );
  const theirs = contestants.find(({ peer }) => peer === reference);
  return contestants.map((contestant) => {
    const row = { what: `${what}: ${contestant.name}` };
    if (contestant.cannot !== undefined) return { ...row, measured: "", verdict: `can't: ${contestant.cannot}` };
    const bytes = median(contestant.numbers);
    const measured = { ...row, measured: megabytes(bytes) };
    if (!theirs || contestant === theirs) return measured;
    const reference = median(theirs.numbers);
    return { ...measured, against: `${theirs.name}: ${megabytes(reference)}`, verdict: `× ${(bytes / reference).toFixed(2)}` };
  });
}

/** What V8's profiler writes. */
interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string }; readonly children?: readonly number[] }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Time under the outermost functions of each name. */
function timesUnder({ nodes, samples, timeDeltas }: Profile, names: readonly string[]): number[] {
  const own = new Map<number, number>();
  samples.forEach((id, i) => own.set(id, (own.get(id) ?? 0) + timeDeltas[i]!));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const total = (id: number): number => (own.get(id) ?? 0) + (byId.get(id)!.children ?? []).reduce((sum, child) => sum + total(child), 0);
  const under = (id: number, name: string): number => {
    const { callFrame, children = [] } = byId.get(id)!;
    return callFrame.functionName === name ? total(id) : children.reduce((sum, child) => sum + under(child, name), 0);
  };
  return names.map((name) => under(nodes[0]!.id, name));
}

/** Shares of a step's time: the nursery's emptying, and the garbage collection of what it moved out and of everything else. */
async function nurseryShares({ command, args, environment }: Peer, optimizer: string): Promise<{ nursery: number; garbage: number }> {
  const folder = temporaryFolder("profile");
  await promisify(execFile)(
    command,
    ["--cpu-prof", "--cpu-prof-interval", "200", "--cpu-prof-dir", folder, ...args, "train", JSON.stringify(programs["mlp-a"]), optimizer, String(duration)],
    {
      env: { ...process.env, KINDLING_THREADS: "1", ...environment },
      maxBuffer: 64e6,
    },
  );
  const profile = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), "utf8")) as Profile;
  if (!profile.nodes.some(({ callFrame }) => callFrame.functionName === "emptyNursery")) throw new Error("the profile names no emptying of the nursery");
  const [steps, emptying, garbage] = timesUnder(profile, ["step", "emptyNursery", "(garbage collector)"]) as [number, number, number];
  return { nursery: emptying / (steps + garbage), garbage: garbage / (steps + garbage) };
}

async function measureNursery(optimizer: string, { calm, rounds }: Bench): Promise<Row[]> {
  const [ours] = await kindlings();
  const shares: { nursery: number; garbage: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    await calm.wait();
    shares.push(await nurseryShares(ours, optimizer));
  }
  const what = `${programs["mlp-a"]!.title}, ${optimizer}`;
  return [
    { what: `${what}: emptying the nursery`, measured: percent(median(shares.map(({ nursery }) => nursery))), against: "of a step's time" },
    { what: `${what}: garbage collection`, measured: percent(median(shares.map(({ garbage }) => garbage))), against: "of a step's time" },
  ];
}

export const memory: Subject = {
  title: "memory",
  method: `The most that was resident (\`VmHWM\`) during ${duration / 1000} s of training, one thread, beyond what the process had when the library was loaded; the median of the rounds. What the nursery costs is seen by V8's profiler, looking every 0.2 ms: the time below \`emptyNursery\`, which moves values out of linear memory, and all garbage collection during the steps, of which what was moved out is a part. (A nursery so large that it is never emptied would be no comparison: fresh memory costs more than the emptying.)`,
  async measure(bench) {
    const rows: Row[] = [];
    for (const optimizer of programs["cnn"]!.optimizers) rows.push(...(await measurePeak(optimizer, bench)));
    for (const optimizer of programs["mlp-a"]!.optimizers) rows.push(...(await measureNursery(optimizer, bench)));
    return rows;
  },
};
