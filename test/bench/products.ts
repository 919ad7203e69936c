/** Matrix products: our kernel in each way in which it is run, and the operation beside those of other libraries. */
import type { Reading } from "./inside/reading.ts";
import { layouts, squareSizes, type Layout } from "./layouts.ts";
import { median, rateSpread } from "./numbers.ts";
import { ways, type Way } from "./ours.ts";
import { javascriptLibraries, kindlings, pytorch } from "./peers/libraries.ts";
import { multiply, type Peer } from "./peers/peer.ts";
import { Contestant, race } from "./race.ts";
import { held, type Row } from "./report.ts";
import type { Bench, Subject } from "./subject.ts";

/** Of one library's share of a round; milliseconds. */
const duration = 400;

/** GFLOP/s of the kernel at least, by size: where V8 joins vectors, and where it doesn't. */
const bars = { joined: { 64: 75, 256: 90, 1024: 85 }, apart: { 64: 45, 256: 55, 1024: 55 } } as const;

async function measureKernel(way: Way, { calm, rounds, say }: Bench): Promise<Row[]> {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    await calm.wait();
    for (const { what, rate } of (await way.ask("squares")) as Reading[]) rates.set(what, [...(rates.get(what) ?? []), rate]);
  }
  say(`products, ${way.name}`);
  const bar = way.build === "revectorized" ? bars.joined : bars.apart;
  return squareSizes.flatMap((size) =>
    layouts.map((layout) => {
      const measured = rates.get(`${size} ${layout}`)!;
      return {
        what: `${size}×${size} ${layout}, kernel: ${way.name}`,
        measured: rateSpread(measured, "GFLOP/s"),
        against: `≥ ${bar[size]} GFLOP/s`,
        verdict: held(median(measured), { atLeast: bar[size] }),
      };
    }),
  );
}

async function measureOperation(size: number, layout: Layout, peers: readonly Peer[], bench: Bench): Promise<Row[]> {
  const contestants = peers.map((peer) => new Contestant(peer));
  const [ours, ...others] = contestants as [Contestant, ...Contestant[]];
  await race(
    contestants,
    {
      what: `the ${layout} product of size ${size}`,
      ask: ({ peer }) => multiply(peer, size, layout, duration),
      numberOf: ({ times }) => (2 * size ** 3) / median(times) / 1e6,
      valuesOf: ({ values }) => values,
    },
    bench,
  );
  return others.map(({ name, numbers, cannot }) => {
    const row = { what: `${size}×${size} ${layout}, as an operation: ${ours.name}`, measured: rateSpread(ours.numbers, "GFLOP/s") };
    if (cannot !== undefined) return { ...row, against: name, verdict: `can't: ${cannot}` };
    return { ...row, against: `${name}: ${rateSpread(numbers, "GFLOP/s")}`, verdict: `× ${(median(ours.numbers) / median(numbers)).toFixed(2)}` };
  });
}

export const products: Subject = {
  title: "matrix products",
  method:
    "Square products with one thread; N and T say which operands lie as they are and which transposed. The kernel alone, at its best in each round, and the operation as a program writes it (for Kindling the result is a new tensor, for jax-js it is read), the median of each round. The median of the rounds (from the least to the largest). The verdict on operations is our speed divided by theirs: above 1 Kindling is faster.",
  async measure(bench) {
    const rows: Row[] = [];
    for (const way of await ways()) rows.push(...(await measureKernel(way, bench)));
    const [ours] = await kindlings();
    const reference = await pytorch(bench.say);
    const peers = [ours, ...(reference ? [reference] : []), ...(await javascriptLibraries(bench.say))];
    for (const size of squareSizes) {
      for (const layout of layouts) rows.push(...(await measureOperation(size, layout, peers, bench)));
    }
    return rows;
  },
};
