/** How a step's time grows with the network and the batch: on logarithmic axes, as pictures and as tables. */
import { chart } from "./chart.ts";
import { median, milliseconds, spread } from "./numbers.ts";
import { kindlings, pytorch } from "./peers/libraries.ts";
import { train, type Program } from "./peers/peer.ts";
import { Contestant, race } from "./race.ts";
import { held, type Row } from "./report.ts";
import type { Subject } from "./subject.ts";

/** Of one library's share of a round; milliseconds. */
const duration = 400;
/** How much faster than the work the time may grow, as a power: caches end somewhere. */
const tolerance = 0.15;

interface Axis {
  readonly title: string;
  /** What the numbers on the axis count. */
  readonly unit: string;
  readonly values: readonly number[];
  /** The perceptron for a number on the axis. */
  network(value: number): { readonly dims: readonly number[]; readonly batch: number };
}

const repeated = (width: number, count: number): number[] => new Array<number>(count).fill(width);

const axes = {
  width: {
    title: "Step time against width: three layers, batch 64", unit: "width",
    values: [16, 32, 64, 128, 256, 512, 1024, 2048],
    network: (width) => ({ dims: repeated(width, 4), batch: 64 }),
  },
  depth: {
    title: "Step time against depth: layers of 64, batch 32", unit: "layers",
    values: [1, 3, 10, 30, 100, 300, 1000],
    network: (depth) => ({ dims: repeated(64, depth + 1), batch: 32 }),
  },
  batch: {
    title: "Step time against batch size: MLP 64-256-256-10", unit: "examples",
    values: [1, 4, 16, 64, 256, 1024, 4096, 16384],
    network: (batch) => ({ dims: [64, 256, 256, 10], batch }),
  },
  parameters: {
    title: "Step time against the number of parameters: one square layer, batch 16", unit: "parameters",
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

function growth(name: string, axis: Axis): Subject {
  return {
    title: axis.title,
    method:
      "One step of SGD (lr 0.01) with cross entropy, one thread, each library in a process of its own, alternating; the median of the rounds' medians (from the least to the largest). From each row to the next time grows with a power of the number on the axis, and so does the work (multiplications and additions). The last power is held against the work's.",
    async measure(bench) {
      const [ours] = await kindlings();
      const other = await pytorch(bench.say);
      const points: { readonly value: number; readonly program: Program; readonly contestants: readonly Contestant[] }[] = [];
      for (const value of axis.values) {
        const program = programFor(axis, value);
        const contestants = [ours, ...(other ? [other] : [])].map((peer) => new Contestant(peer));
        await race(contestants, {
          what: `${value.toLocaleString("en-US")} ${axis.unit}`,
          ask: ({ peer }) => train(peer, program, "SGD", duration),
          numberOf: ({ times }) => median(times),
        }, bench);
        bench.say(`${value.toLocaleString("en-US")} ${axis.unit}: ${milliseconds(median(contestants[0]!.numbers))}`);
        points.push({ value, program, contestants });
      }
      const lines = points[0]!.contestants.map(({ name }, i) => ({ name, points: points.map(({ value, contestants }) => [value, median(contestants[i]!.numbers)] as const) }));
      bench.draw(`growth-${name}`, chart({ title: axis.title, x: axis.unit, y: "ms", lines }));
      return points.map(({ value, program, contestants: [own, their] }, i): Row => {
        const row = { what: `${value.toLocaleString("en-US")} ${axis.unit}: ${own!.name}`, measured: spread(own!.numbers), ...(their && { against: `${their.name}: ${spread(their.numbers)}` }) };
        if (i === 0) return row;
        const before = points[i - 1]!;
        const grown = exponent(lines[0]!.points[i - 1]!, lines[0]!.points[i]!);
        const due = exponent([before.value, work(before.program)], [value, work(program)]);
        const verdict = `power ${grown.toFixed(2)}, work ${due.toFixed(2)}`;
        return { ...row, verdict: i < points.length - 1 ? verdict : `${verdict}: ${held(grown, { atMost: due + tolerance })}` };
      });
    },
  };
}

/** By name. */
export const growths: Readonly<Record<string, Subject>> = Object.fromEntries(Object.entries(axes).map(([name, axis]) => [`growth-${name}`, growth(name, axis)]));
