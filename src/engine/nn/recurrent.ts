/** Recurrent layers: sequences go through a cell step by step, in several layers and in both directions if wanted. */
import { ArgumentError } from "../errors.ts";
import { empty, zeros } from "../ops/creation.ts";
import { dropout } from "../ops/dropout.ts";
import { indexSelect } from "../ops/indexing.ts";
import { cat, stack } from "../ops/join.ts";
import { recurrent, type RecurrentKind, type RecurrentState } from "../ops/recurrent.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warnings.ts";
import { uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { boolean, number } from "./printing.ts";
import { PackedSequence } from "./utils/rnn.ts";

export type Nonlinear = "tanh" | "relu";

/** What RNN, LSTM and GRU share. */
export abstract class RecurrentBase<Hidden, Result> extends Module<[input: Tensor | PackedSequence, hx?: Hidden | null | { hx?: Hidden | null }], Result> {
  [name: `weight_${string}`]: Parameter;
  [name: `bias_${string}`]: Parameter;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly useBias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly projSize: number;

  constructor(
    gates: number,
    inputSize: number,
    hiddenSize: number,
    numLayers: number,
    bias: boolean,
    batchFirst: boolean,
    p: number,
    bidirectional: boolean,
    projSize: number,
  ) {
    super();
    if (!(p >= 0 && p <= 1)) throw new ArgumentError("dropout should be a number in range [0, 1] representing the probability of an element being zeroed");
    if (p > 0 && numLayers === 1) {
      warnOnce(
        `dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout=${p} and num_layers=${numLayers}`,
      );
    }
    if (projSize < 0) throw new ArgumentError("proj_size should be a positive integer or zero to disable projections");
    if (projSize >= hiddenSize) throw new ArgumentError("proj_size has to be smaller than hidden_size");
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.useBias = bias;
    this.batchFirst = batchFirst;
    this.dropout = p;
    this.bidirectional = bidirectional;
    this.projSize = projSize;
    this.makeParameters(gates * hiddenSize);
    this.resetParameters();
  }

  /** Size of what a layer gives in one direction. */
  protected get outputSize(): number {
    return this.projSize > 0 ? this.projSize : this.hiddenSize;
  }

  protected get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  protected makeParameters(gateSize: number): void {
    const own = this as unknown as Record<string, Parameter>;
    for (let layer = 0; layer < this.numLayers; layer++) {
      const inputs = layer === 0 ? this.inputSize : this.outputSize * this.directions;
      for (let direction = 0; direction < this.directions; direction++) {
        const suffix = suffixOf(layer, direction);
        own[`weight_ih${suffix}`] = new Parameter(empty([gateSize, inputs]));
        own[`weight_hh${suffix}`] = new Parameter(empty([gateSize, this.outputSize]));
        if (this.useBias) {
          own[`bias_ih${suffix}`] = new Parameter(empty([gateSize]));
          own[`bias_hh${suffix}`] = new Parameter(empty([gateSize]));
        }
        if (this.projSize > 0) own[`weight_hr${suffix}`] = new Parameter(empty([this.projSize, this.hiddenSize]));
      }
    }
  }

  /** All uniform in ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0;
    for (const parameter of this.parameters()) uniform_(parameter, -bound, bound);
  }

  /** PyTorch puts weights together in memory here; there is nothing to do. */
  flattenParameters(): void {}

  protected abstract kind(): RecurrentKind;

  /** Runs all layers and directions: `initial` and `final` are states `[layers · directions, batch, size]`. */
  protected runLayers(input: Tensor, sizes: readonly number[], initial: RecurrentState): { output: Tensor; final: RecurrentState } {
    const own = this as unknown as Record<string, Parameter | undefined>;
    const finals: RecurrentState[] = [];
    let value = input;
    for (let layer = 0; layer < this.numLayers; layer++) {
      const outputs: Tensor[] = [];
      for (let direction = 0; direction < this.directions; direction++) {
        const suffix = suffixOf(layer, direction);
        const biases = this.useBias ? [own[`bias_ih${suffix}`]!, own[`bias_hh${suffix}`]!] : [];
        const weights = { ih: own[`weight_ih${suffix}`]!, hh: own[`weight_hh${suffix}`]!, biases, hr: own[`weight_hr${suffix}`] ?? null };
        const start = initial.map((part) => part.select(0, layer * this.directions + direction));
        const { output, final } = recurrent(this.kind(), value, sizes, start, weights, direction === 1);
        outputs.push(output);
        finals.push(final);
      }
      value = outputs.length === 1 ? outputs[0]! : cat(outputs, 1);
      if (layer < this.numLayers - 1) value = dropout(value, this.dropout, this.training);
    }
    return { output: value, final: initial.map((_, i) => stack(finals.map((final) => final[i]!))) };
  }

  /** Packed or padded, with a batch or without: gives the output in the input's form, and the final state. */
  protected runSequence(x: Tensor | PackedSequence, hx: RecurrentState | null): [output: Tensor, final: RecurrentState] {
    if (x instanceof PackedSequence) {
      const sizes = Array.from(x.batchSizes.toTypedArray());
      this.checkFeatures(x.data);
      const initial = this.initialState(hx, sizes[0]!, x.data);
      const sorted = x.sortedIndices === null || hx === null ? initial : initial.map((part) => indexSelect(part, 1, x.sortedIndices!));
      const { output, final } = this.runLayers(x.data, sizes, sorted);
      const packed = new PackedSequence(output, x.batchSizes, x.sortedIndices, x.unsortedIndices);
      // Typed as what nearly every caller gets.
      return [packed as unknown as Tensor, x.unsortedIndices === null ? final : final.map((part) => indexSelect(part, 1, x.unsortedIndices!))];
    }
    const name = this.constructor.name;
    if (x.dim() !== 2 && x.dim() !== 3) throw new ArgumentError(`${name}: Expected input to be 2-D or 3-D but received ${x.dim()}-D tensor`, "AssertionError");
    const batched = x.dim() === 3;
    const sequence = batched ? (this.batchFirst ? x.transpose(0, 1) : x) : x.unsqueeze(1);
    if (hx !== null && hx.some((part) => part.dim() !== (batched ? 3 : 2))) {
      throw new ArgumentError(
        `For ${batched ? "batched 3-D" : "unbatched 2-D"} input, hx should also be ${batched ? 3 : 2}-D but got ${hx[0]!.dim()}-D tensor`,
        "RuntimeError",
      );
    }
    this.checkFeatures(x);
    const [time, batch] = sequence.shape as [number, number];
    if (time === 0) throw new ArgumentError("Expected sequence length to be larger than 0 in RNN", "RuntimeError");
    const initial = this.initialState(batched ? hx : (hx?.map((part) => part.unsqueeze(1)) ?? null), batch, sequence);
    const { output, final } = this.runLayers(sequence.reshape(time * batch, this.inputSize), new Array<number>(time).fill(batch), initial);
    const whole = output.reshape(time, batch, output.shape[1]!);
    if (!batched) return [whole.squeeze(1), final.map((part) => part.squeeze(1))];
    return [this.batchFirst ? whole.transpose(0, 1) : whole, final];
  }

  protected checkFeatures(x: Tensor): void {
    if (x.size(-1) !== this.inputSize) {
      throw new ArgumentError(`input.size(-1) must be equal to input_size. Expected ${this.inputSize}, got ${x.size(-1)}`, "RuntimeError");
    }
  }

  /** Sizes of the states of one sequence. */
  protected stateSizes(): number[] {
    return [this.outputSize];
  }

  protected initialState(hx: RecurrentState | null, batch: number, like: Tensor): RecurrentState {
    const layers = this.numLayers * this.directions;
    const sizes = this.stateSizes();
    if (hx === null) return sizes.map((size) => zeros([layers, batch, size], { dtype: like.dtype }));
    sizes.forEach((size, i) => {
      const wanted = [layers, batch, size];
      if (hx[i]!.shape.join() !== wanted.join()) {
        const which = sizes.length > 1 ? `hidden[${i}]` : "hidden";
        throw new ArgumentError(`Expected ${which} size (${wanted.join(", ")}), got [${hx[i]!.shape.join(", ")}]`, "RuntimeError");
      }
    });
    return hx;
  }

  override extraRepr(): string {
    const parts = [`${this.inputSize}, ${this.hiddenSize}`];
    if (this.projSize !== 0) parts.push(`proj_size=${this.projSize}`);
    if (this.numLayers !== 1) parts.push(`num_layers=${this.numLayers}`);
    if (!this.useBias) parts.push(`bias=${boolean(false)}`);
    if (this.batchFirst) parts.push(`batch_first=${boolean(true)}`);
    if (this.dropout !== 0) parts.push(`dropout=${number(this.dropout)}`);
    if (this.bidirectional) parts.push(`bidirectional=${boolean(true)}`);
    return parts.join(", ");
  }
}

const suffixOf = (layer: number, direction: number): string => `_l${layer}${direction === 1 ? "_reverse" : ""}`;

/**
 * hₜ = tanh(W_ih·xₜ + b_ih + W_hh·hₜ₋₁ + b_hh).
 *
 * Called with `input` `[time, batch, inputSize]` (or without the batch, or a `PackedSequence`) and maybe a first state
 * `[layers · directions, batch, hiddenSize]`; gives `[output, final state]` with output `[time, batch, directions · hiddenSize]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.RNN.html
 * @api nn.RNN
 * @factory
 */
export class RNN extends RecurrentBase<Tensor, [output: Tensor, hn: Tensor]> {
  readonly nonlinearity: Nonlinear;

  /**
   * @param numLayers layers on top of each other
   * @param batchFirst `[batch, time, features]` instead of `[time, batch, features]`
   * @param dropout probability of dropout between layers
   * @param bidirectional whether sequences are read backwards as well
   */
  constructor(
    inputSize: Int,
    hiddenSize: Int,
    numLayers: Int = 1,
    nonlinearity: Nonlinear = "tanh",
    bias = true,
    batchFirst = false,
    dropout = 0,
    bidirectional = false,
  ) {
    super(1, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, 0);
    this.nonlinearity = nonlinearity;
  }

  override forward(input: Tensor | PackedSequence, hx: Tensor | null = null): [output: Tensor, hn: Tensor] {
    const [output, [final]] = this.runSequence(input, hx ? [hx] : null);
    return [output, final!];
  }

  protected override kind(): RecurrentKind {
    return this.nonlinearity;
  }
}

/**
 * Long short-term memory. The state is a pair `[h, c]`: gives `[output, [hn, cn]]`. https://doi.org/10.1162/neco.1997.9.8.1735
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 * @api nn.LSTM
 * @factory
 */
export class LSTM extends RecurrentBase<readonly [Tensor, Tensor], [output: Tensor, state: [hn: Tensor, cn: Tensor]]> {
  /**
   * @param numLayers layers on top of each other
   * @param batchFirst `[batch, time, features]` instead of `[time, batch, features]`
   * @param dropout probability of dropout between layers
   * @param bidirectional whether sequences are read backwards as well
   * @param projSize size to which the hidden state is projected; 0 for none. https://arxiv.org/abs/1402.1128
   */
  constructor(inputSize: Int, hiddenSize: Int, numLayers: Int = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false, projSize: Int = 0) {
    super(4, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, projSize);
  }

  override forward(input: Tensor | PackedSequence, hx: readonly [Tensor, Tensor] | null = null): [output: Tensor, state: [hn: Tensor, cn: Tensor]] {
    const [output, [hn, cn]] = this.runSequence(input, hx);
    return [output, [hn!, cn!]];
  }

  protected override kind(): RecurrentKind {
    return "lstm";
  }

  protected override stateSizes(): number[] {
    return [this.outputSize, this.hiddenSize];
  }
}

/**
 * Gated recurrent units. https://arxiv.org/abs/1406.1078
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GRU.html
 * @api nn.GRU
 * @factory
 */
export class GRU extends RecurrentBase<Tensor, [output: Tensor, hn: Tensor]> {
  /**
   * @param numLayers layers on top of each other
   * @param batchFirst `[batch, time, features]` instead of `[time, batch, features]`
   * @param dropout probability of dropout between layers
   * @param bidirectional whether sequences are read backwards as well
   */
  constructor(inputSize: Int, hiddenSize: Int, numLayers: Int = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false) {
    super(3, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, 0);
  }

  override forward(input: Tensor | PackedSequence, hx: Tensor | null = null): [output: Tensor, hn: Tensor] {
    const [output, [final]] = this.runSequence(input, hx ? [hx] : null);
    return [output, final!];
  }

  protected override kind(): RecurrentKind {
    return "gru";
  }
}

abstract class Cell<Hidden, Result> extends Module<[input: Tensor, hx?: Hidden | null | { hx?: Hidden | null }], Result> {
  static override readonly stateNames: Readonly<Record<string, string>> = {
    weightIh: "weight_ih",
    weightHh: "weight_hh",
    biasIh: "bias_ih",
    biasHh: "bias_hh",
  };

  readonly inputSize: number;
  readonly hiddenSize: number;
  weightIh: Parameter;
  weightHh: Parameter;
  /** `null` without. */
  biasIh: Parameter | null;
  biasHh: Parameter | null;

  constructor(gates: number, inputSize: number, hiddenSize: number, bias: boolean) {
    super();
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weightIh = new Parameter(empty([gates * hiddenSize, inputSize]));
    this.weightHh = new Parameter(empty([gates * hiddenSize, hiddenSize]));
    this.biasIh = bias ? new Parameter(empty([gates * hiddenSize])) : null;
    this.biasHh = bias ? new Parameter(empty([gates * hiddenSize])) : null;
    this.resetParameters();
  }

  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0;
    for (const parameter of this.parameters()) uniform_(parameter, -bound, bound);
  }

  /** One step of one sequence `[inputSize]` or of a batch `[batch, inputSize]`. */
  protected advance(kind: RecurrentKind, x: Tensor, hx: RecurrentState | null, states: number): RecurrentState {
    if (x.dim() !== 1 && x.dim() !== 2)
      throw new ArgumentError(`${this.constructor.name}: Expected input to be 1-D or 2-D but received ${x.dim()}-D tensor`, "AssertionError");
    const batched = x.dim() === 2;
    const rows = batched ? x : x.unsqueeze(0);
    const count = rows.shape[0]!;
    const before = hx === null ? Array.from({ length: states }, () => zeros([count, this.hiddenSize])) : hx.map((part) => (batched ? part : part.unsqueeze(0)));
    this.checkSizes(rows, before);
    const biases = this.biasIh && this.biasHh ? [this.biasIh, this.biasHh] : [];
    const { final } = recurrent(kind, rows, [count], before, { ih: this.weightIh, hh: this.weightHh, biases, hr: null }, false);
    return batched ? final : final.map((part) => part.squeeze(0));
  }

  protected checkSizes(x: Tensor, hx: RecurrentState): void {
    const [count, features] = x.shape as [number, number];
    if (features !== this.inputSize) throw new ArgumentError(`input has inconsistent input_size: got ${features} expected ${this.inputSize}`, "RuntimeError");
    hx.forEach(({ shape: [rows, size] }, i) => {
      if (rows !== count) throw new ArgumentError(`Input batch size ${count} doesn't match hidden${i} batch size ${rows}`, "RuntimeError");
      if (size !== this.hiddenSize)
        throw new ArgumentError(`hidden${i} has inconsistent hidden_size: got ${size}, expected ${this.hiddenSize}`, "RuntimeError");
    });
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.biasIh === null ? `, bias=${boolean(false)}` : ""}`;
  }
}

/**
 * One step of `RNN`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
 * @api nn.RNNCell
 * @factory
 */
export class RNNCell extends Cell<Tensor, Tensor> {
  readonly nonlinearity: Nonlinear;

  constructor(inputSize: Int, hiddenSize: Int, bias = true, nonlinearity: Nonlinear = "tanh") {
    super(1, inputSize, hiddenSize, bias);
    this.nonlinearity = nonlinearity;
  }

  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    return this.advance(this.nonlinearity, input, hx ? [hx] : null, 1)[0]!;
  }

  override extraRepr(): string {
    return `${super.extraRepr()}${this.nonlinearity === "tanh" ? "" : `, nonlinearity=${this.nonlinearity}`}`;
  }
}

/**
 * One step of `LSTM`: gives `[h, c]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
 * @api nn.LSTMCell
 * @factory
 */
export class LSTMCell extends Cell<readonly [Tensor, Tensor], [h: Tensor, c: Tensor]> {
  constructor(inputSize: Int, hiddenSize: Int, bias = true) {
    super(4, inputSize, hiddenSize, bias);
  }

  override forward(input: Tensor, hx: readonly [Tensor, Tensor] | null = null): [h: Tensor, c: Tensor] {
    return this.advance("lstm", input, hx, 2) as [Tensor, Tensor];
  }
}

/**
 * One step of `GRU`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
 * @api nn.GRUCell
 * @factory
 */
export class GRUCell extends Cell<Tensor, Tensor> {
  constructor(inputSize: Int, hiddenSize: Int, bias = true) {
    super(3, inputSize, hiddenSize, bias);
  }

  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    return this.advance("gru", input, hx ? [hx] : null, 1)[0]!;
  }
}
