/** How what was measured in a step is written and read: its tensors as two blocks of numbers, the rest as any other record. */
import type {
  DeadUnits,
  FurtherOutput,
  ModuleStatistics,
  ParameterStatistics,
  StepStatistics,
  TensorStatistics,
  UnitStatistics,
} from "../../protocol/index.ts";
import { base64, type Codec, doubles, list, number, oneOf, optional, record, text, via, whole, wholes } from "../codec.ts";
import { TensorPacker, UnpackedTensors, type PackedTensors } from "../packedTensors.ts";

const units = record<UnitStatistics>({ count: whole, zero: whole, constant: optional(whole) });
const deadUnits = record<DeadUnits>({
  count: whole,
  zero: whole,
  constant: optional(whole),
  dead: whole,
  died: whole,
  since: optional(number),
  units: list(whole),
});

function stepWith(tensor: Codec<TensorStatistics>): Codec<StepStatistics> {
  return record<StepStatistics>({
    model: whole,
    step: number,
    epoch: number,
    afterwards: optional(oneOf<true>(true)),
    guess: optional(number),
    modules: list(
      record<ModuleStatistics>({
        module: whole,
        output: optional(tensor),
        outputGradient: optional(tensor),
        furtherOutputs: optional(list(record<FurtherOutput>({ output: tensor, gradient: optional(tensor) }))),
        gradientless: optional(oneOf("noGrad", "untrained")),
        call: optional(whole),
        units: optional(units),
        rectified: optional(deadUnits),
        saturated: optional(number),
        parameters: list(record<ParameterStatistics>({ name: text, value: tensor, gradient: optional(tensor), change: optional(number) })),
      }),
    ),
  });
}

/** A tensor as its place in the blocks. */
function placeIn(packer: TensorPacker, unpacked: UnpackedTensors): Codec<TensorStatistics> {
  return via(
    whole,
    (tensor) => packer.add(tensor),
    (place) => unpacked.at(place),
  );
}

const packedTensors = record<PackedTensors>({ count: whole, numbers: doubles, wholes });
const storedTensors = record<PackedTensors>({ count: whole, numbers: base64(doubles), wholes: base64(wholes) });

/** A step in which places stand for tensors. */
interface Packed<T> {
  readonly tensors: T;
}

/** What is sent on needn't be packed again. */
const known = new WeakMap<StepStatistics, Packed<PackedTensors>>();

/** With typed arrays: for messages, which carry them as they are. */
export const packedSample: Codec<StepStatistics> = {
  encode(step) {
    let packed = known.get(step);
    if (!packed) {
      const packer = new TensorPacker();
      const json = stepWith(placeIn(packer, UnpackedTensors.none)).encode(step) as object;
      packed = { ...json, tensors: packer.packed() };
      known.set(step, packed);
    }
    return packed;
  },
  decode(json) {
    const { tensors } = record<Packed<PackedTensors>>({ tensors: packedTensors }).decode(json);
    const step = stepWith(placeIn(new TensorPacker(), new UnpackedTensors(tensors))).decode(json);
    known.set(step, { ...(json as object), tensors });
    return step;
  },
};

/** What `packedSample` made of a step, as `storedSample` would have made of it. */
export function storedFromPacked(packed: unknown): unknown {
  const { tensors, ...json } = packed as Packed<PackedTensors>;
  return { ...json, tensors: storedTensors.encode(tensors) };
}

/** As plain JSON: for what is kept. */
export const storedSample: Codec<StepStatistics> = {
  encode(step) {
    const packed = packedSample.encode(step) as Packed<PackedTensors>;
    return { ...packed, tensors: storedTensors.encode(packed.tensors) };
  },
  decode(json) {
    const { tensors } = record<Packed<PackedTensors>>({ tensors: storedTensors }).decode(json);
    return packedSample.decode({ ...(json as object), tensors });
  },
};
