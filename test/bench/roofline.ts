/** How near our kernels come to what the machine can do at most. */
import type { Roofline } from "./inside/main.ts";
import type { Reading } from "./inside/reading.ts";
import { median, percent, rateSpread } from "./numbers.ts";
import { ways, type Way } from "./ours.ts";
import { compilePeakModules } from "./peakModules.ts";
import type { Row } from "./report.ts";
import type { Bench, Subject } from "./subject.ts";

const places = { arithmetic: "", cache: ", in cache", memory: ", in memory" } as const;
const units = { arithmetic: "GFLOP/s", cache: "GB/s", memory: "GB/s" } as const;

/** One number of several rounds. */
interface Series {
  readonly what: string;
  readonly bound: Reading["bound"];
  readonly rates: readonly number[];
}

function series(rounds: readonly (readonly Reading[])[]): Series[] {
  return rounds[0]!.map(({ what, bound }, i) => ({ what: `${what}${places[bound]}`, bound, rates: rounds.map((readings) => readings[i]!.rate) }));
}

async function measureWay(way: Way, folder: string, { calm, rounds, say }: Bench): Promise<Row[]> {
  const measured: Roofline[] = [];
  for (let round = 0; round < rounds; round++) {
    await calm.wait();
    measured.push((await way.ask("kernels", folder)) as Roofline);
  }
  say(`kernels, ${way.name}`);
  const peaks = series(measured.map(({ peaks }) => peaks));
  const highest = (bound: Reading["bound"]): number => Math.max(...peaks.filter((peak) => peak.bound === bound).map(({ rates }) => median(rates)));
  const row = ({ what, bound, rates }: Series): Row => ({ what: `${way.name}: ${what}`, measured: rateSpread(rates, units[bound]) });
  return [
    ...peaks.map((peak) => ({ ...row(peak), against: "peak" })),
    ...series(measured.map(({ kernels }) => kernels)).map((kernel) => {
      const peak = highest(kernel.bound);
      return { ...row(kernel), against: `peak: ${peak.toFixed(1)} ${units[kernel.bound]}`, verdict: percent(median(kernel.rates) / peak) };
    }),
  ];
}

export const roofline: Subject = {
  title: "kernels beside the machine's peaks",
  method:
    "Each kernel alone, one thread, at its best in each round; the median of the rounds (from the least to the largest). Peaks are measured in the same process: multiplications and additions in registers, in as many chains as hide their latency, apart and as one instruction where the build of the kernels may use it; and copying, with operands of 64 KiB (in cache) and of 32 MiB (in memory). Operations of products and convolutions are counted as multiplications and additions; bytes as what is read and written once. The verdict is the share of the highest peak of that kind. What only reads can go beyond that of copying, and kernels with much arithmetic for each value, as exp, can't come near it.",
  async measure(bench) {
    const folder = await compilePeakModules();
    const rows: Row[] = [];
    for (const way of await ways()) rows.push(...(await measureWay(way, folder, bench)));
    return rows;
  },
};
