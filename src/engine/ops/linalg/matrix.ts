/** Matrices in double precision, in which decompositions are computed, and the checks that all of them begin with. */
import { filled, longName, roomFor } from "../../dtype.ts";
import { KindlingError, LinAlgError } from "../../errors.ts";
import { tellOperation } from "../../instrument.ts";
import { numelOf, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { fromTypedArray } from "../creation.ts";
import { valuesOf } from "../reading.ts";

/** Row by row in `data`. */
export class Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;

  constructor(rows: number, cols: number, data = roomFor(Float64Array, rows * cols)) {
    this.rows = rows;
    this.cols = cols;
    this.data = data;
  }

  /** Ones on the diagonal. */
  static eye(rows: number, cols = rows): Matrix {
    const result = new Matrix(rows, cols);
    for (let i = 0; i < Math.min(rows, cols); i++) result.data[i * cols + i] = 1;
    return result;
  }

  at(row: number, col: number): number {
    return this.data[row * this.cols + col]!;
  }

  copy(): Matrix {
    return new Matrix(this.rows, this.cols, this.data.slice());
  }

  transposed(): Matrix {
    const result = new Matrix(this.cols, this.rows);
    for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.cols; j++) result.data[j * this.rows + i] = this.at(i, j);
    return result;
  }

  /** The first `rows` rows and `cols` columns. */
  corner(rows: number, cols: number): Matrix {
    const result = new Matrix(rows, cols);
    for (let i = 0; i < rows; i++) result.data.set(this.data.subarray(i * this.cols, i * this.cols + cols), i * cols);
    return result;
  }

  /** With zeros below the diagonal. */
  upper(): Matrix {
    const result = this.copy();
    for (let i = 1; i < this.rows; i++) result.data.fill(0, i * this.cols, i * this.cols + Math.min(i, this.cols));
    return result;
  }

  times(right: Matrix): Matrix {
    const [cols, source] = [right.cols, right.data];
    const result = new Matrix(this.rows, cols);
    const { data } = result;
    for (let i = 0; i < this.rows; i++) {
      for (let k = 0; k < this.cols; k++) {
        const factor = this.at(i, k);
        for (let j = 0; j < cols; j++) data[i * cols + j]! += factor * source[k * cols + j]!;
      }
    }
    return result;
  }

  isFinite(): boolean {
    return this.data.every(Number.isFinite);
  }
}

/** The dimensions before those of the matrices. */
export function leadOf(batch: Tensor): Shape {
  return batch.shape.slice(0, -2);
}

/** All matrices of a batch, one after the other. */
export function matricesOf(batch: Tensor): Matrix[] {
  const [rows, cols] = batch.shape.slice(-2) as [number, number];
  const values = valuesOf(batch);
  return Array.from(
    { length: numelOf(leadOf(batch)) },
    (_, i) => new Matrix(rows, cols, new Float64Array(values.subarray(i * rows * cols, (i + 1) * rows * cols))),
  );
}

/** A tensor of what was computed for each matrix of a batch. */
export function stacked(parts: readonly Float64Array[], shape: Shape): Tensor {
  const values = roomFor(Float32Array, numelOf(shape));
  let next = 0;
  for (const part of parts) {
    values.set(part, next);
    next += part.length;
  }
  return fromTypedArray(values, shape);
}

/** What an operation gives of each matrix of a batch as a whole number. */
export function wholes(name: string, batch: Tensor, values: readonly number[]): Tensor {
  const whole = filled(new Int32Array(values.length), (i) => values[i]!);
  return tellOperation(name, [batch], fromTypedArray(whole, leadOf(batch)));
}

export function requireFloat(name: string, input: Tensor): void {
  if (input.dtype === "float32") return;
  throw new KindlingError(`${name}: Expected a floating point or complex tensor as input. Got ${longName(input.dtype)}. Convert it with .float()`);
}

/** A matrix or a batch of them. */
export function requireMatrix(name: string, input: Tensor, argument = "A"): void {
  if (input.shape.length < 2) throw new KindlingError(`${name}: The input tensor ${argument} must have at least 2 dimensions.`);
}

/** A square matrix or a batch of them. */
export function requireSquare(name: string, input: Tensor, argument = "A"): void {
  requireMatrix(name, input, argument);
  const [rows, cols] = input.shape.slice(-2);
  if (rows !== cols) throw new KindlingError(`${name}: ${argument} must be batches of square matrices, but they are ${rows} by ${cols} matrices`);
}

/** An error of one matrix, with its place where it is one of many. */
export function failure(name: string, batch: Tensor, place: number, what: string): LinAlgError {
  return new LinAlgError(`${name}: ${batch.shape.length > 2 ? `(Batch element ${place}): ` : ""}${what}`);
}

/** @throws LinAlgError where an iteration would never end */
export function requireFinite(name: string, batch: Tensor, matrices: readonly Matrix[]): void {
  const place = matrices.findIndex((matrix) => !matrix.isFinite());
  if (place >= 0) throw failure(name, batch, place, "The algorithm failed to converge because the input matrix contained non-finite values.");
}
