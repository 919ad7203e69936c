/** The sizes that layers are made for, against those of what they are given. */
import { nn, Tensor } from "../engine/index.ts";
import type { AnyModule } from "../engine/nn/module.ts";
import { plural } from "../run/numbers.ts";

/** An argument of a layer's constructor that doesn't fit what the layer was called with. */
export interface WrongSize {
  /** By its name, and by its place among the arguments. */
  readonly parameter: string;
  readonly place: number;
  readonly has: readonly number[];
  readonly needs: readonly number[];
  readonly input: Tensor;
  /** It is such a layer itself, and no class of the user's, whose constructor may take anything. */
  readonly isPlain: boolean;
  /** What the layer takes, in words. */
  readonly takes: string;
}

interface Rule {
  readonly types: readonly unknown[];
  readonly parameter: string;
  readonly place?: number;
  /** Which of the inputs it is of. */
  readonly input?: number;
  needs(input: Tensor, module: Sizes): readonly (number | undefined)[] | undefined;
  takes(has: string): string;
}

/** What layers know of themselves. */
type Sizes = Readonly<Record<string, unknown>>;

const features = (has: string): string => plural(Number(has), "feature");
const channels = (has: string): string => plural(Number(has), "channel");
const last = ({ shape }: Tensor): readonly (number | undefined)[] => [shape.at(-1)];
/** Of images of so many dimensions; without a batch the channels come first. */
const channelsOf =
  (rank: number) =>
  ({ shape }: Tensor): readonly (number | undefined)[] | undefined =>
    shape.length === rank + 2 ? [shape[1]] : shape.length === rank + 1 ? [shape[0]] : undefined;
/** With groups, how many channels there are decides more than one thing. */
const ungrouped =
  (rank: number): Rule["needs"] =>
  (input, module) =>
    module["groups"] === 1 ? channelsOf(rank)(input) : undefined;
const trailing: Rule["needs"] = ({ shape }, module) => {
  const count = (module["normalizedShape"] as readonly number[]).length;
  return shape.length >= count ? shape.slice(-count) : undefined;
};
const rows: Rule["needs"] = (input) => {
  const values = Array.from(input.toTypedArray());
  return values.length > 0 && values.every((index) => index >= 0) ? [values.reduce((most, index) => Math.max(most, index), 0) + 1] : undefined;
};

const rules: readonly Rule[] = [
  { types: [nn.Linear], parameter: "inFeatures", needs: last, takes: features },
  { types: [nn.Bilinear], parameter: "in1Features", needs: last, takes: features },
  { types: [nn.Bilinear], parameter: "in2Features", place: 1, input: 1, needs: last, takes: features },
  { types: [nn.Conv1d, nn.ConvTranspose1d], parameter: "inChannels", needs: ungrouped(1), takes: channels },
  { types: [nn.Conv2d, nn.ConvTranspose2d], parameter: "inChannels", needs: ungrouped(2), takes: channels },
  { types: [nn.Conv3d, nn.ConvTranspose3d], parameter: "inChannels", needs: ungrouped(3), takes: channels },
  { types: [nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d], parameter: "numFeatures", needs: ({ shape }) => [shape[1]], takes: features },
  { types: [nn.InstanceNorm1d], parameter: "numFeatures", needs: channelsOf(1), takes: features },
  { types: [nn.InstanceNorm2d], parameter: "numFeatures", needs: channelsOf(2), takes: features },
  { types: [nn.InstanceNorm3d], parameter: "numFeatures", needs: channelsOf(3), takes: features },
  {
    types: [nn.GroupNorm],
    parameter: "numChannels",
    place: 1,
    needs: ({ shape }, module) => ((shape[1] ?? 1) % Number(module["numGroups"]) === 0 ? [shape[1]] : undefined),
    takes: channels,
  },
  { types: [nn.LayerNorm, nn.RMSNorm], parameter: "normalizedShape", needs: trailing, takes: (has) => `a last part of ${has}` },
  { types: [nn.RNN, nn.LSTM, nn.GRU, nn.RNNCell, nn.LSTMCell, nn.GRUCell], parameter: "inputSize", needs: last, takes: features },
  { types: [nn.Embedding, nn.EmbeddingBag], parameter: "numEmbeddings", needs: rows, takes: (has) => `indices below ${has}` },
  { types: [nn.PReLU], parameter: "numParameters", needs: ({ shape }) => [shape[1]], takes: channels },
];

/** @param inputs what the call was given that failed */
export function wrongSize(module: AnyModule, inputs: readonly unknown[]): WrongSize | undefined {
  const sizes = module as unknown as Sizes;
  for (const { types, parameter, place = 0, input: which = 0, needs, takes } of rules) {
    const input = inputs[which];
    if (!(input instanceof Tensor) || !types.some((type) => module instanceof (type as Function))) continue;
    const has = [sizes[parameter]].flat() as readonly number[];
    const wanted = needs(input, sizes);
    if (!wanted || wanted.length !== has.length || wanted.every((size, i) => size === has[i]) || wanted.some((size) => !size)) continue;
    // An index that is too large, and none that only might become so.
    if (parameter === "numEmbeddings" && wanted[0]! < has[0]!) continue;
    const isPlain = types.some((type) => Object.getPrototypeOf(module) === (type as Function).prototype);
    return {
      parameter,
      place,
      has,
      needs: wanted as readonly number[],
      input,
      isPlain,
      takes: takes(has.length === 1 ? String(has[0]) : `[${has.join(", ")}]`),
    };
  }
  return undefined;
}
