/**
 * How the work of a kernel is cut into parts that several threads do side by side: along which of its arguments, and how
 * each part's addresses follow. A kernel that isn't here is always one thread's.
 */
import type { Kernels } from "./exports.ts";

type Arguments = readonly number[];

export interface Cut {
  /** How many pieces there are at most; parts are whole pieces, each of `grain` of them. */
  readonly size: (args: Arguments) => number;
  readonly grain: number;
  /** How long one thread takes, roughly; nanoseconds. */
  readonly time: (args: Arguments) => number;
  /** The arguments for pieces [from, to). */
  readonly part: (args: Arguments, from: number, to: number) => number[];
  /** Which argument is a workspace that each thread needs for itself. */
  readonly workspace?: number;
  /** Bytes of that workspace. */
  readonly workBytes?: (args: Arguments, kernels: Kernels) => number;
}

/** Values that pass through one core in a nanosecond: of memory, and of functions like exp. */
const COPIED = 4;
const COMPUTED = 1;
/** Multiplications and additions of products in a nanosecond. */
const PRODUCTS = 40;

/** An argument that is an address, how many values it moves on from one piece to the next, and the bytes of a value (4). */
type Step = readonly [address: number, values: number, bytes?: number];

/** Along the argument that holds a count. */
function along(count: number, steps: (args: Arguments) => readonly Step[], options: { time: Cut["time"]; grain?: number }): Cut {
  return {
    size: (args) => args[count]!,
    grain: options.grain ?? 1,
    time: options.time,
    part: (args, from, to) => {
      const mine = [...args];
      mine[count] = to - from;
      for (const [address, values, bytes = 4] of steps(args)) if (mine[address] !== 0) mine[address]! += from * values * bytes;
      return mine;
    },
  };
}

/** One value after the other; pieces of whole cache lines. */
const elementwise = (count: number, steps: Parameters<typeof along>[1], speed: number): Cut =>
  along(count, steps, { grain: 16, time: (args) => args[count]! / speed });

/** Rows, images or planes, each of as many values as `values` says. */
const rowwise = (count: number, values: (args: Arguments) => number, steps: Parameters<typeof along>[1], speed: number): Cut =>
  along(count, steps, { time: (args) => (args[count]! * values(args)) / speed });

const softmax = (gradients: 0 | 1): Cut =>
  rowwise(
    2 + gradients,
    (args) => args[3 + gradients]! * args[4 + gradients]!,
    (args) => {
      const row = args[3 + gradients]! * args[4 + gradients]!;
      return [[0, row], [1, row], ...(gradients ? [[2, row] as const] : [])];
    },
    COMPUTED,
  );

/** Where the arguments of a convolution are, counted from the number of images on. */
const [GROUPS, CIN, COUT, H, W, KH, KW, OH, OW, WORK] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16];

/** What all three convolutions have in common, whose number of images is argument `first`. */
function convolution(first: number): Pick<Cut, "time" | "workspace" | "workBytes"> {
  return {
    time: (args) => (2 * args[first]! * values(args, first, COUT, OH, OW, KH, KW, CIN)) / args[first + GROUPS]! / PRODUCTS,
    workspace: first + WORK,
    workBytes: (args, { conv2dWorkBytes }) => {
      const groups = args[first + GROUPS]!;
      return (conv2dWorkBytes as (...sizes: number[]) => number)(
        args[first + CIN]! / groups,
        args[first + COUT]! / groups,
        ...args.slice(first + H, first + WORK),
      );
    },
  };
}

const values = (args: Arguments, first: number, ...sizes: number[]): number => sizes.reduce((count, size) => count * args[first + size]!, 1);

/** Along the images. */
function images(first: number, addresses: (image: number, result: number) => readonly Step[]): Cut {
  const general = convolution(first);
  return { ...along(first, (args) => addresses(values(args, first, CIN, H, W), values(args, first, COUT, OH, OW)), general), ...general };
}

/** A side of a matrix that is cut: the argument that holds where it begins, that of its end behind it, and what a piece has of it. */
interface Side {
  readonly from: number;
  readonly piece: number;
}

const pieces = (args: Arguments, { from, piece }: Side): number => Math.ceil(args[from + 1]! / piece);

/** Of a weight [outputs, elements of a window]; a piece is some tiles high, or as wide as the widest. */
const [weightRows, weightColumns]: readonly [Side, Side] = [
  { from: 20, piece: 8 },
  { from: 22, piece: 16 },
];

/**
 * Along the columns, so that no two threads pack the same patches, or where that gives fewer pieces along the rows. Not
 * along the images: a sum of the parts would be another one for each number of threads.
 */
const weightSide = (args: Arguments): Side => (args[3 + GROUPS] === 1 && pieces(args, weightColumns) >= pieces(args, weightRows) ? weightColumns : weightRows);

const weightGradient: Cut = {
  ...convolution(3),
  size: (args) => pieces(args, weightSide(args)),
  grain: 1,
  part(args, first, end) {
    const { from, piece } = weightSide(args);
    const mine = [...args];
    mine[from] = first * piece;
    mine[from + 1] = Math.min(args[from + 1]!, end * piece);
    return mine;
  },
};

/** Along the longer side of the result, in whole tiles of every build. */
const product: Cut = {
  size: ([m, n]) => Math.max(m!, n!),
  grain: 48,
  time: ([m, n, k]) => (2 * m! * n! * k!) / PRODUCTS,
  part: (args, from, to) => {
    const mine = [...args];
    const [m, n, , , rsa, , , , csb, , ldc] = args as [number, number, number, number, number, number, number, number, number, number, number];
    if (m >= n) {
      mine[0] = to - from;
      mine[3]! += from * rsa * 4;
      mine[9]! += from * ldc * 4;
    } else {
      mine[1] = to - from;
      mine[6]! += from * csb * 4;
      mine[9]! += from * 4;
    }
    return mine;
  },
  workspace: 12,
  workBytes: (_, kernels) => kernels.sgemmWorkBytes(),
};

const pool = (steps: Parameters<typeof along>[1]): Cut => rowwise(3, (args) => args[4]! * args[5]!, steps, COMPUTED);

// oxfmt-ignore
export const cuts: Partial<Record<keyof Kernels, Cut>> = {
  sgemm: product,
  sgemmBatched: {
    ...along(0, (args) => [[7, args[1]!], [10, args[2]!], [13, args[3]!]], { time: ([batch, , , , m, n, k]) => (2 * batch! * m! * n! * k!) / PRODUCTS }),
    workspace: 16,
    workBytes: (_, kernels) => kernels.sgemmWorkBytes(),
  },
  conv2d: images(4, (image, result) => [[0, image], [3, result]]),
  conv2dBackwardInput: images(3, (image, result) => [[0, result], [2, image]]),
  conv2dBackwardWeight: weightGradient,
  unary: elementwise(3, () => [[1, 1], [2, 1]], COMPUTED),
  unaryBackward: elementwise(4, () => [[1, 1], [2, 1], [3, 1]], COMPUTED),
  binary: elementwise(6, (args) => [[1, args[2]!], [3, args[4]!], [5, 1]], COPIED),
  binaryRow: rowwise(4, (args) => args[5]!, (args) => [[1, args[5]!], [3, args[5]!]], COPIED),
  binaryColumn: rowwise(4, (args) => args[5]!, (args) => [[1, args[5]!], [2, 1], [3, args[5]!]], COPIED),
  axpy: elementwise(2, () => [[0, 1], [1, 1]], COPIED),
  scale: elementwise(1, () => [[0, 1]], COPIED),
  dropout: elementwise(3, () => [[0, 1], [1, 1, 1], [2, 1]], COPIED),
  addRowBias: rowwise(2, (args) => args[3]!, (args) => [[0, args[3]!]], COPIED),
  softmax: softmax(0),
  logSoftmax: softmax(0),
  softmaxBackward: softmax(1),
  logSoftmaxBackward: softmax(1),
  layerNorm: rowwise(6, (args) => args[7]!, (args) => [[0, args[7]!], [3, args[7]!], [4, 1], [5, 1]], COMPUTED),
  attentionWeights: rowwise(5, (args) => args[6]! * args[7]! * args[8]!, (args) => [[0, args[6]! * args[7]! * args[8]!], [1, args[2]!]], COMPUTED),
  attentionWeightsBackward: rowwise(3, (args) => args[4]!, (args) => [[0, args[4]!], [1, args[4]!], [2, args[4]!, 1]], COPIED),
  maxPool2d: pool((args) => [[0, args[4]! * args[5]!], [1, args[8]! * args[9]!], [2, args[8]! * args[9]!]]),
  maxPool2dBackward: rowwise(3, (args) => args[5]!, (args) => [[0, args[4]!], [1, args[4]!], [2, args[5]!]], COMPUTED),
};
