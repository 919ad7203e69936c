/** How a step's time grows with the network and the batch: on logarithmic axes, as pictures and as tables. */
import { chart } from "./chart.ts";
import { median, milliseconds, spread } from "./numbers.ts";
import { kindlings, pytorch } from "./peers/libraries.ts";
import { train, type Peer, type Program } from "./peers/peer.ts";
import { Contestant, race } from "./race.ts";
import { held, type Row } from "./report.ts";
import type { Bench, Subject } from "./subject.ts";

/** Of one library's share of a round; milliseconds. */
const duration = 1_500;
/** How much faster than the work the time may grow, as a power: caches end somewhere. */
const tolerance = 0.15;

interface Axis {
  readonly title: string;
  /** What the axis counts. */
  readonly name: string;
  readonly values: readonly number[];
  /** The perceptron for a number on the axis. */
  network(value: number): { readonly dims: readonly number[]; readonly batch: number };
}

const repeated = (width: number, count: number): number[] => new Array<number>(count).fill(width);

const axes = {
  width: {
    title: "Step time against width: three layers, batch 64",
    name: "width",
    values: [16, 32, 64, 128, 256, 512, 1024, 2048],
    network: (width) => ({ dims: repeated(width, 4), batch: 64 }),
  },
  depth: {
    title: "Step time against depth: layers of 64, batch 32",
    name: "layers",
    values: [1, 3, 10, 30, 100, 300, 1000],
    network: (depth) => ({ dims: repeated(64, depth + 1), batch: 32 }),
  },
  batch: {
    title: "Step time against batch size: MLP 64-256-256-10",
    name: "examples",
    values: [1, 4, 16, 64, 256, 1024, 4096, 16384],
    network: (batch) => ({ dims: [64, 256, 256, 10], batch }),
  },
  parameters: {
    title: "Step time against the number of parameters: one square layer, batch 16",
    name: "parameters",
    values: [1e3, 1e4, 1e5, 1e6, 1e7, 1e8],
    network: (parameters) => ({ dims: repeated(Math.round(Math.sqrt(parameters)), 2), batch: 16 }),
  },
} satisfies Readonly<Record<string, Axis>>;

function programFor({ title, network }: Axis, value: number): Program {
  const { dims, batch } = network(value);
  return { title, network: "perceptron", input: [batch, dims[0]!], classes: dims.at(-1)!, dims, optimizers: ["SGD"], parameters: [] };
}

/** Multiplications and additions of a step, roughly: three products for each weight and example, and the update. */
function work({ dims, input: [batch] }: Program): number {
  return dims!.slice(1).reduce((sum, width, i) => sum + width * dims![i]! * (6 * batch! + 2), 0);
}

/** The power of x that y grows with from one point to another. */
function exponent([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number]): number {
  return Math.log(y1 / y0) / Math.log(x1 / x0);
}

interface Point {
  readonly value: number;
  readonly work: number;
  /** Kindling, and PyTorch where it is there. */
  readonly contestants: readonly Contestant[];
}

const nameOf = (axis: Axis, value: number): string => `${axis.name}: ${value.toLocaleString("en-US")}`;

async function measurePoint(axis: Axis, value: number, peers: readonly Peer[], bench: Bench): Promise<Point> {
  const program = programFor(axis, value);
  const contestants = peers.map((peer) => new Contestant(peer));
  await race(
    contestants,
    {
      what: nameOf(axis, value),
      ask: ({ peer }) => train(peer, program, "SGD", duration),
      numberOf: ({ times }) => median(times),
    },
    bench,
  );
  bench.say(`${nameOf(axis, value)}: ${milliseconds(median(contestants[0]!.numbers))}`);
  return { value, work: work(program), contestants };
}

function rowOf(axis: Axis, points: readonly Point[], i: number): Row {
  const {
    value,
    work,
    contestants: [ours, theirs],
  } = points[i]!;
  const row = { what: nameOf(axis, value), measured: spread(ours!.numbers), ...(theirs && { against: `${theirs.name}: ${spread(theirs.numbers)}` }) };
  const before = points[i - 1];
  if (!before) return row;
  const grown = exponent([before.value, median(before.contestants[0]!.numbers)], [value, median(ours!.numbers)]);
  const due = exponent([before.value, before.work], [value, work]);
  const verdict = `power ${grown.toFixed(2)}, work ${due.toFixed(2)}`;
  return { ...row, verdict: i < points.length - 1 ? verdict : `${verdict}: ${held(grown, { atMost: due + tolerance })}` };
}

function growth(name: string, axis: Axis): Subject {
  return {
    title: axis.title,
    method: `One step of SGD with cross entropy, one thread, Kindling as the runner in VS Code runs it; each library in a process of its own, alternating; the median of the rounds' medians (from the least to the largest). The verdict says with which power of the axis Kindling's time has grown since the row before, and with which the work (multiplications and additions) has; the last one may not be more than ${tolerance} above the work's.`,
    async measure(bench) {
      const [ours] = await kindlings();
      const theirs = await pytorch(bench.say);
      const peers = theirs ? [ours, theirs] : [ours];
      const points: Point[] = [];
      for (const value of axis.values) points.push(await measurePoint(axis, value, peers, bench));
      const lines = peers.map(({ name }, i) => ({ name, points: points.map(({ value, contestants }) => [value, median(contestants[i]!.numbers)] as const) }));
      bench.draw(`growth-${name}`, chart({ title: axis.title, x: axis.name, y: "ms", lines }));
      return points.map((_, i) => rowOf(axis, points, i));
    },
  };
}

/** By name. */
export const growths: Readonly<Record<string, Subject>> = Object.fromEntries(
  Object.entries(axes).map(([name, axis]) => [`growth-${name}`, growth(name, axis)]),
);
