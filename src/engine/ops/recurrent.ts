/**
 * Recurrent layers: one direction of one layer is one operation. Forward beside backward.
 *
 * Sequences are packed: the rows of all steps lie behind each other, those of one step with the longest sequence first.
 * So the sequences at work in a step are always the first ones, and the state of all stays in one place: the others have
 * finished and keep their last state there, or haven't begun and have their first.
 */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { recordMany, type Operation } from "../autograd/node.ts";
import { ShapeError } from "../errors.ts";
import { Unary, type UnaryOp } from "../kernels/exports.ts";
import { kernels, u8 } from "../memory/linear.ts";
import { sameShape, shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous } from "./conversion.ts";
import { denseCopy } from "./internal/copy.ts";
import { zeros } from "./creation.ts";
import { differentiateDefinition } from "./internal/definition.ts";
import { gemm } from "./internal/gemm.ts";
import { cat } from "./join.ts";
import { at, make } from "./internal/make.ts";
import { linear } from "./linear.ts";
import { checkFloat, mm } from "./matmul.ts";
import { relu } from "./activations.ts";
import { sigmoid, tanh } from "./unary.ts";
import { sum } from "./reductions.ts";
import { chunk } from "./split.ts";
import { narrow, transpose } from "./views.ts";

/** `tanh` and `relu` are plain layers with that activation. */
export type RecurrentKind = "lstm" | "gru" | "tanh" | "relu";

/** The hidden state [batch, output] and, of an LSTM, the cell state [batch, hidden]. */
export type RecurrentState = readonly Tensor[];

export interface RecurrentWeights {
  /** [gates · hidden, input] */
  readonly ih: Tensor;
  /** [gates · hidden, output] */
  readonly hh: Tensor;
  /** Of input and hidden state, [gates · hidden] each; none or both. */
  readonly biases: readonly Tensor[];
  /** Projects an LSTM's hidden state: [output, hidden]. */
  readonly hr: Tensor | null;
}

/** The rows of the sequences that are at work in one step. */
interface Step {
  readonly row: number;
  readonly count: number;
}

interface Layer {
  /** [rows, input] */
  readonly x: Tensor;
  readonly weights: RecurrentWeights;
  readonly initial: RecurrentState;
  /** In the order in which they are taken. */
  readonly steps: readonly Step[];
}

interface Run {
  /** Of all steps, [rows, output]. */
  readonly output: Tensor;
  /** The state after each sequence's last step. */
  readonly final: RecurrentState;
  /** What backward needs besides the inputs, and nobody else sees. */
  readonly saved: readonly Tensor[];
}

/** What the steps give in backward; products and sums over all of them together follow. */
interface StepGradients {
  /** Of what the input and the hidden state gave to the gates, [rows, gates · hidden]. */
  readonly fromInput: Tensor;
  readonly fromHidden: Tensor;
  readonly initial: readonly Tensor[];
  readonly hr?: Tensor | null;
}

interface Kind {
  /** Of its gradient function. */
  readonly name: string;
  readonly gates: number;
  forward(layer: Layer): Run;
  /** `saved` begins with the hidden state before each step [rows, output]; `output` and `final` have the gradients that arrived. */
  backward(layer: Layer, saved: readonly Tensor[], output: Tensor | null, final: readonly (Tensor | null)[]): StepGradients;
  /** One step by differentiable operations. */
  define(fromInput: Tensor, state: RecurrentState, weights: RecurrentWeights): RecurrentState;
}

// --- what all kinds do ----------------------------------------------------------------------------------------------

/** Where each row of a dense matrix begins. */
function rowsOf(matrix: Tensor): (row: number) => number {
  const [start, bytes] = [at(matrix), matrix.shape[1]! * 4];
  return (row) => start + row * bytes;
}

/** What the input gives to the gates at all steps, without bias. */
function productsOfInput(gates: Tensor, { x, weights: { ih } }: Layer): void {
  const [out, features] = ih.shape as [number, number];
  const to = at(gates);
  gemm(x.shape[0]!, out, features, at(x), x.strides[0]!, x.strides[1]!, at(ih), ih.strides[1]!, ih.strides[0]!, to, out);
}

/** to [rows, out] = from [rows, in] · weightᵀ (plus `to`), for weight [out, in]. */
function multiply(rows: number, from: number, weight: Tensor, to: number, accumulate = false): void {
  const [out, features] = weight.shape as [number, number];
  gemm(rows, out, features, from, features, 1, at(weight), weight.strides[1]!, weight.strides[0]!, to, out, accumulate);
}

/** The gradient: to [rows, in] = from [rows, out] · weight (plus `to`). */
function multiplyBack(rows: number, from: number, weight: Tensor, to: number, accumulate = false): void {
  const [out, features] = weight.shape as [number, number];
  gemm(rows, features, out, from, out, 1, at(weight), weight.strides[0]!, weight.strides[1]!, to, features, accumulate);
}

function copy(to: number, from: number, floats: number): void {
  u8.copyWithin(to, from, from + floats * 4);
}

/** The gradient of a state, which the steps change. */
function gradientOf(state: Tensor, arrived: Tensor | null): Tensor {
  return arrived ? denseCopy(arrived) : zeros(state.shape);
}

// --- plain layers: h = activation(x·W_ihᵀ + h·W_hhᵀ + b) ------------------------------------------------------------

function plain(name: string, code: UnaryOp, activation: (x: Tensor) => Tensor): Kind {
  return {
    name,
    gates: 1,

    forward(layer) {
      const { x, weights, initial, steps } = layer;
      const [rows, size] = [x.shape[0]!, weights.hh.shape[1]!];
      const [h, before, hiddens] = [denseCopy(initial[0]!), make([rows, size]), make([rows, size])];
      productsOfInput(hiddens, layer);
      const [hidden, beforeAt, hiddensAt] = [at(h), rowsOf(before), rowsOf(hiddens)];
      for (const { row, count } of steps) {
        const to = hiddensAt(row);
        copy(beforeAt(row), hidden, count * size);
        multiply(count, hidden, weights.hh, to, true);
        for (const bias of weights.biases) kernels.addRowBias(to, at(bias), count, size);
        kernels.unary(code, to, to, count * size, 0, 0);
        copy(hidden, to, count * size);
      }
      return { output: denseCopy(hiddens), final: [h], saved: [before, hiddens] };
    },

    backward({ weights, initial, steps }, [before, hiddens], dOutput, [dFinal]) {
      const size = weights.hh.shape[1]!;
      const [dh, dGates] = [gradientOf(initial[0]!, dFinal!), make(before!.shape)];
      const [dHidden, dGatesAt, hiddensAt, dOutputAt] = [at(dh), rowsOf(dGates), rowsOf(hiddens!), dOutput && rowsOf(dOutput)];
      for (const { row, count } of steps.toReversed()) {
        if (dOutputAt) kernels.axpy(dHidden, dOutputAt(row), count * size, 1);
        kernels.unaryBackward(code, dHidden, hiddensAt(row), dGatesAt(row), count * size, 0, 0);
        multiplyBack(count, dGatesAt(row), weights.hh, dHidden);
      }
      return { fromInput: dGates, fromHidden: dGates, initial: [dh] };
    },

    define: (fromInput, [h], { hh, biases }) => [activation(fromInput.add(linear(h!, hh, biases[1])))],
  };
}

// --- long short-term memory: c = f·c + i·g, h = o·tanh(c) -----------------------------------------------------------

const lstm: Kind = {
  name: "LstmBackward0",
  gates: 4,

  forward(layer) {
    const { x, weights, initial, steps } = layer;
    const { hh, hr, biases } = weights;
    const [rows, outputs, size] = [x.shape[0]!, hh.shape[1]!, hh.shape[0]! / 4];
    const [h, c] = [denseCopy(initial[0]!), denseCopy(initial[1]!)];
    const [before, cellsBefore, gates] = [make([rows, outputs]), make([rows, size]), make([rows, 4 * size])];
    const [tanhCells, output] = [make([rows, size]), make([rows, outputs])];
    const hiddens = hr ? make([rows, size]) : output;
    productsOfInput(gates, layer);
    const [hidden, cell, beforeAt, cellsBeforeAt, gatesAt] = [at(h), at(c), rowsOf(before), rowsOf(cellsBefore), rowsOf(gates)];
    const [tanhCellsAt, outputAt, hiddensAt] = [rowsOf(tanhCells), rowsOf(output), rowsOf(hiddens)];
    for (const { row, count } of steps) {
      copy(beforeAt(row), hidden, count * outputs);
      copy(cellsBeforeAt(row), cell, count * size);
      multiply(count, hidden, hh, gatesAt(row), true);
      for (const bias of biases) kernels.addRowBias(gatesAt(row), at(bias), count, 4 * size);
      kernels.lstmCell(gatesAt(row), cell, tanhCellsAt(row), hiddensAt(row), count, size);
      if (hr) multiply(count, hiddensAt(row), hr, outputAt(row));
      copy(hidden, outputAt(row), count * outputs);
    }
    return { output, final: [h, c], saved: [before, cellsBefore, gates, tanhCells, ...(hr ? [hiddens] : [])] };
  },

  backward({ weights: { hh, hr }, initial, steps }, [before, cellsBefore, gates, tanhCells, hiddens], dOutput, [dh, dc]) {
    const [outputs, size] = [hh.shape[1]!, hh.shape[0]! / 4];
    const [dFinal, dCells, dGates] = [gradientOf(initial[0]!, dh!), gradientOf(initial[1]!, dc!), make(gates!.shape)];
    const [dOutputs, dUnprojected] = hr ? [make(before!.shape), make(initial[1]!.shape)] : [null, dFinal];
    const [dState, dCell, dHidden, dGatesAt, gatesAt] = [at(dFinal), at(dCells), at(dUnprojected), rowsOf(dGates), rowsOf(gates!)];
    const [tanhCellsAt, cellsBeforeAt, dOutputAt] = [rowsOf(tanhCells!), rowsOf(cellsBefore!), dOutput && rowsOf(dOutput)];
    const dOutputsAt = dOutputs && rowsOf(dOutputs);
    for (const { row, count } of steps.toReversed()) {
      if (dOutputAt) kernels.axpy(dState, dOutputAt(row), count * outputs, 1);
      if (hr) {
        copy(dOutputsAt!(row), dState, count * outputs);
        multiplyBack(count, dState, hr, dHidden);
      }
      kernels.lstmCellBackward(gatesAt(row), tanhCellsAt(row), cellsBeforeAt(row), dHidden, dCell, dGatesAt(row), count, size);
      multiplyBack(count, dGatesAt(row), hh, dState);
    }
    return { fromInput: dGates, fromHidden: dGates, initial: [dFinal, dCells], hr: dOutputs && mm(transpose(dOutputs, 0, 1), hiddens!) };
  },

  define(fromInput, [h, c], { hh, biases, hr }) {
    const [i, f, g, o] = chunk(fromInput.add(linear(h!, hh, biases[1])), 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const cell = sigmoid(f)
      .mul(c!)
      .add(sigmoid(i).mul(tanh(g)));
    const hidden = sigmoid(o).mul(tanh(cell));
    return [hr ? linear(hidden, hr) : hidden, cell];
  },
};

// --- gated recurrent units: h = n + z·(h − n) -----------------------------------------------------------------------

const gru: Kind = {
  name: "GruBackward0",
  gates: 3,

  forward(layer) {
    const {
      x,
      weights: { hh, biases },
      initial,
      steps,
    } = layer;
    const [rows, size] = [x.shape[0]!, hh.shape[1]!];
    const h = denseCopy(initial[0]!);
    const [before, gates, candidates, output] = [make([rows, size]), make([rows, 3 * size]), make([rows, size]), make([rows, size])];
    const scratch = make([h.shape[0]!, 3 * size]);
    productsOfInput(gates, layer);
    const [hidden, fromHidden, beforeAt, gatesAt] = [at(h), at(scratch), rowsOf(before), rowsOf(gates)];
    const [candidatesAt, outputAt] = [rowsOf(candidates), rowsOf(output)];
    for (const { row, count } of steps) {
      copy(beforeAt(row), hidden, count * size);
      multiply(count, hidden, hh, fromHidden);
      if (biases.length > 0) {
        kernels.addRowBias(gatesAt(row), at(biases[0]!), count, 3 * size);
        kernels.addRowBias(fromHidden, at(biases[1]!), count, 3 * size);
      }
      kernels.gruCell(gatesAt(row), fromHidden, hidden, candidatesAt(row), count, size);
      copy(outputAt(row), hidden, count * size);
    }
    return { output, final: [h], saved: [before, gates, candidates] };
  },

  backward({ weights: { hh }, initial, steps }, [before, gates, candidates], dOutput, [dFinal]) {
    const size = hh.shape[1]!;
    const [dh, fromInput, fromHidden] = [gradientOf(initial[0]!, dFinal!), make(gates!.shape), make(gates!.shape)];
    const [dHidden, fromInputAt, fromHiddenAt, gatesAt] = [at(dh), rowsOf(fromInput), rowsOf(fromHidden), rowsOf(gates!)];
    const [candidatesAt, beforeAt, dOutputAt] = [rowsOf(candidates!), rowsOf(before!), dOutput && rowsOf(dOutput)];
    for (const { row, count } of steps.toReversed()) {
      if (dOutputAt) kernels.axpy(dHidden, dOutputAt(row), count * size, 1);
      kernels.gruCellBackward(gatesAt(row), candidatesAt(row), beforeAt(row), dHidden, fromInputAt(row), fromHiddenAt(row), count, size);
      multiplyBack(count, fromHiddenAt(row), hh, dHidden, true);
    }
    return { fromInput, fromHidden, initial: [dh] };
  },

  define(fromInput, [h], { hh, biases }) {
    const [ir, iz, inew] = chunk(fromInput, 3, 1) as [Tensor, Tensor, Tensor];
    const [hr, hz, hnew] = chunk(linear(h!, hh, biases[1]), 3, 1) as [Tensor, Tensor, Tensor];
    const reset = sigmoid(ir.add(hr));
    const update = sigmoid(iz.add(hz));
    const candidate = tanh(inew.add(reset.mul(hnew)));
    return [candidate.add(update.mul(h!.sub(candidate)))];
  },
};

// --- the operation --------------------------------------------------------------------------------------------------

const kinds: Readonly<Record<RecurrentKind, Kind>> = {
  lstm,
  gru,
  tanh: plain("RnnTanhBackward0", Unary.tanh, tanh),
  relu: plain("RnnReluBackward0", Unary.relu, relu),
};

/** How the inputs of a layer follow each other in the graph, and how many tensors it saved besides. */
interface Form {
  readonly steps: readonly Step[];
  readonly states: number;
  readonly biases: number;
  readonly saved: number;
}

function inputsOf({ x, weights: { ih, hh, biases, hr }, initial }: Layer): Tensor[] {
  return [x, ih, hh, ...initial, ...biases, ...(hr ? [hr] : [])];
}

function layerOf([x, ih, hh, ...rest]: readonly Tensor[], { steps, states, biases }: Form): Layer {
  const weights = { ih: ih!, hh: hh!, biases: rest.slice(states, states + biases), hr: rest[states + biases] ?? null };
  return { x: x!, weights, initial: rest.slice(0, states), steps };
}

function operationOf(kind: Kind): Operation<Form> {
  return {
    name: kind.name,
    backward(node, ...gradients: (Tensor | null)[]) {
      const form = node.data;
      const inputs = node.next.map((_, i) => node.saved(i));
      if (isGradEnabled()) return differentiateDefinition((own) => define(kind, layerOf(own, form)), inputs, gradients);
      const layer = layerOf(inputs, form);
      const saved = Array.from({ length: form.saved }, (_, i) => node.saved(inputs.length + i));
      const [dOutput, ...dFinal] = gradients;
      const { fromInput, fromHidden, initial, hr } = kind.backward(layer, saved, dOutput ? contiguous(dOutput) : null, dFinal);
      return [
        node.needs(0) ? mm(fromInput, layer.weights.ih) : null,
        node.needs(1) ? mm(transpose(fromInput, 0, 1), layer.x) : null,
        node.needs(2) ? mm(transpose(fromHidden, 0, 1), saved[0]!) : null,
        ...initial,
        ...(form.biases > 0 ? biasGradients(fromInput, fromHidden) : []),
        ...(hr ? [hr] : []),
      ];
    },
  };
}

function biasGradients(fromInput: Tensor, fromHidden: Tensor): [Tensor, Tensor] {
  const ofInput = sum(fromInput, 0);
  return [ofInput, fromHidden === fromInput ? ofInput : sum(fromHidden, 0)];
}

/** Output and last state by differentiable operations. */
function define(kind: Kind, { x, weights, initial, steps }: Layer): Tensor[] {
  const fromInput = linear(x, weights.ih, weights.biases[0]);
  const outputs = new Map<number, Tensor>();
  let state = initial;
  for (const { row, count } of steps) {
    const after = kind.define(
      narrow(fromInput, 0, row, count),
      state.map((part) => narrow(part, 0, 0, count)),
      weights,
    );
    outputs.set(row, after[0]!);
    state = state.map((part, i) => cat([after[i]!, narrow(part, 0, count, part.shape[0]! - count)], 0));
  }
  const inOrder = [...outputs].sort(([a], [b]) => a - b).map(([, output]) => output);
  return [cat(inOrder, 0), ...state];
}

const operations = new Map(Object.values(kinds).map((kind) => [kind, operationOf(kind)]));

/**
 * Runs one direction of one layer over packed sequences.
 * @param x [rows, input], the rows of all steps
 * @param sizes how many sequences each step has, never growing
 * @param initial [sizes[0], …] each
 * @param reverse read every sequence from its end
 * @returns the output of all steps [rows, output] and the state after each sequence's last one
 */
export function recurrent(
  kindName: RecurrentKind,
  x: Tensor,
  sizes: readonly number[],
  initial: RecurrentState,
  weights: RecurrentWeights,
  reverse: boolean,
): { output: Tensor; final: Tensor[] } {
  const kind = kinds[kindName];
  checkShapes(kind, x, sizes, initial, weights);
  const layer: Layer = { x, weights: { ...weights, biases: weights.biases.map(contiguous) }, initial, steps: stepsOf(sizes, reverse) };
  const { output, final, saved } = kind.forward(layer);
  const inputs = inputsOf({ ...layer, weights });
  const form: Form = { steps: layer.steps, states: initial.length, biases: weights.biases.length, saved: saved.length };
  recordMany(operations.get(kind)!, [output, ...final], inputs, [...inputs, ...saved], form, saved);
  return { output, final: [...final] };
}

function stepsOf(sizes: readonly number[], reverse: boolean): Step[] {
  const steps: Step[] = [];
  let row = 0;
  for (const count of sizes) {
    if (count > 0) steps.push({ row, count });
    row += count;
  }
  return reverse ? steps.reverse() : steps;
}

/** Kernels are given addresses, so everything has to be as large as they think. */
function checkShapes(kind: Kind, x: Tensor, sizes: readonly number[], initial: RecurrentState, { ih, hh, biases, hr }: RecurrentWeights): void {
  const [rows, features] = [sizes.reduce((total, size) => total + size, 0), ih.shape[1]!];
  const [gates, outputs] = [hh.shape[0]!, hh.shape[1]!];
  const size = gates / kind.gates;
  const expected: [Tensor, Shape][] = [
    [x, [rows, features]],
    [ih, [gates, features]],
    [hh, [gates, hr ? outputs : size]],
    ...initial.map((part, i): [Tensor, Shape] => [part, [sizes[0]!, i === 0 ? outputs : size]]),
    ...biases.map((bias): [Tensor, Shape] => [bias, [gates]]),
    ...(hr ? [[hr, [outputs, size]] as [Tensor, Shape]] : []),
  ];
  for (const [tensor, shape] of expected) {
    checkFloat(tensor, ih);
    if (sameShape(tensor.shape, shape)) continue;
    throw new ShapeError(`a recurrent layer expected a tensor of ${shapeText(shape)}, but got ${shapeText(tensor.shape)}`, shape, tensor.shape);
  }
}
