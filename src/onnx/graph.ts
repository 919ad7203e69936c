/** The nodes of an ONNX graph, while they are put together. */
import type { DType } from "../engine/dtype.ts";
import { elementTypes, type Attribute, type ElementType, type Initializer, type OnnxNode } from "./format.ts";
import { isGrowing, sameSize, type Size } from "./sizes.ts";

/** Where the size of the batch can be read off. */
export interface BatchSource {
  readonly input: string;
  readonly dimension: number;
}

export type Attributes = Readonly<Record<string, Attribute | undefined>>;

export class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly #source: BatchSource | undefined;
  readonly #shared = new Map<string, string>();
  readonly #taken = new Set<string>();
  #count = 0;

  constructor(source: BatchSource | undefined) {
    this.#source = source;
  }

  /** An operator with one output. */
  op(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.ops(type, inputs, attributes, 1)[0]!;
  }

  ops(type: string, inputs: readonly string[], attributes: Attributes, count: number): string[] {
    const outputs = Array.from({ length: count }, () => `v${this.#count++}`);
    const present = Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, Attribute] => entry[1] !== undefined));
    this.nodes.push({ type, inputs, outputs, attributes: present });
    return outputs;
  }

  /** The last value under a name that the user will see. */
  rename(value: string, name: string): void {
    this.nodes.push({ type: "Identity", inputs: [value], outputs: [name], attributes: {} });
  }

  // --- constants ----------------------------------------------------------------------------------------------------

  constant(values: ArrayLike<number>, shape: readonly number[], dtype: ElementType, wanted?: string): string {
    const bytes = bytesOf(values, dtype);
    const key =
      values.length <= 8 && wanted === undefined
        ? `${dtype} ${shape.join()}: ${Array.from(values, (value) => (Object.is(value, -0) ? "-0" : value)).join()}`
        : "";
    const known = this.#shared.get(key);
    if (key !== "" && known !== undefined) return known;
    const name = this.#free(wanted ?? "constant");
    this.initializers.push({ name, dtype, shape, bytes });
    if (key !== "") this.#shared.set(key, name);
    return name;
  }

  scalar(value: number, dtype: ElementType = "float32"): string {
    return this.constant([value], [], dtype);
  }

  integers(values: readonly number[]): string {
    return this.constant(values, [values.length], "int64");
  }

  #free(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#taken.has(name); i++) name = `${wanted}_${i}`;
    this.#taken.add(name);
    return name;
  }

  // --- sizes --------------------------------------------------------------------------------------------------------

  /** Sizes as a vector of `int64`. */
  sizes(sizes: readonly Size[]): string {
    if (!sizes.some(isGrowing)) return this.integers(sizes as number[]);
    const parts = sizes.map((size) => this.#size(size));
    return parts.length === 1 ? parts[0]! : this.#once(`sizes ${parts.join()}`, () => this.op("Concat", parts, { axis: 0 }));
  }

  #size(size: Size): string {
    if (!isGrowing(size)) return this.integers([size]);
    const { input, dimension } = this.#source!;
    return this.#once(`size ${size.times} ${size.plus}`, () => {
      const batch = this.#once("batch", () => this.op("Shape", [input], { start: dimension, end: dimension + 1 }));
      const scaled = size.times === 1 ? batch : this.op("Mul", [batch, this.integers([size.times])]);
      return size.plus === 0 ? scaled : this.op("Add", [scaled, this.integers([size.plus])]);
    });
  }

  #once(key: string, make: () => string): string {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }

  /** A number without dimensions, of some type. */
  number(size: Size, dtype: ElementType): string {
    if (!isGrowing(size)) return this.scalar(size, dtype);
    const whole = this.op("Squeeze", [this.#size(size), this.integers([0])]);
    return dtype === "int64" ? whole : this.cast(whole, dtype);
  }

  // --- what many operations need ------------------------------------------------------------------------------------

  cast(value: string, to: ElementType): string {
    return this.op("Cast", [value], { to: elementTypes[to] });
  }

  reshape(value: string, sizes: readonly Size[]): string {
    const growing = sizes.filter(isGrowing).length;
    if (growing !== 1 || sizes.includes(0)) return this.op("Reshape", [value, this.sizes(sizes)], sizes.includes(0) ? { allowzero: 1 } : {});
    return this.op("Reshape", [value, this.integers(sizes.map((size) => (isGrowing(size) ? -1 : size)))]);
  }

  transpose(value: string, order: readonly number[]): string {
    return order.every((dim, i) => dim === i) ? value : this.op("Transpose", [value], { perm: order });
  }

  expand(value: string, from: readonly Size[], to: readonly Size[]): string {
    const lead = to.length - from.length;
    // Sizes that stay are left to the broadcast.
    const wanted = to.map((size, i) => (i >= lead && sameSize(from[i - lead]!, size) ? 1 : size));
    return this.op("Expand", [value, this.sizes(wanted)]);
  }

  slice(value: string, dim: number, start: Size, end: Size, step = 1): string {
    return this.op("Slice", [value, this.sizes([start]), this.sizes([end]), this.integers([dim]), this.integers([step])]);
  }
}

export function bytesOf(values: ArrayLike<number>, dtype: ElementType): Uint8Array {
  const typed = (() => {
    switch (dtype) {
      case "float32":
        return Float32Array.from(values);
      case "int32":
        return Int32Array.from(values);
      case "int64":
        return BigInt64Array.from(Array.from(values, (value) => BigInt(value)));
      case "bool":
      case "uint8":
        return Uint8Array.from(values);
    }
  })();
  return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
}

/** An operand of an operation. */
export interface Operand {
  readonly value: string;
  readonly shape: readonly Size[];
  readonly dtype: DType;
}

/** An operation of the engine's, as its ONNX form is made of it. */
export interface Call {
  readonly graph: Graph;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly { readonly shape: readonly Size[]; readonly dtype: DType }[];
  /** Which of them anybody needs. */
  readonly used: readonly boolean[];
  /** What the operation remembered besides tensors, its numbers as sizes. */
  readonly data: unknown;
}

/** Makes nodes of a call; gives its outputs' values in their order, `undefined` for what has no ONNX form. */
export type Form = (call: Call) => string | readonly (string | undefined)[];

export type Forms = Readonly<Record<string, Form>>;

/** An operand in a type, which it mostly has. */
export function inType({ graph }: Call, { value, dtype }: Operand, wanted: ElementType): string {
  return dtype === wanted ? value : graph.cast(value, wanted);
}

/** Runtimes fold whole numbers and truth values as `int32` alone. */
export function inWholes({ graph, outputs: [output] }: Call, make: (dtype: "float32" | "int32") => string): string {
  const dtype = output!.dtype === "float32" ? "float32" : "int32";
  const result = make(dtype);
  if (dtype === output!.dtype) return result;
  // Bytes begin anew at 256.
  return graph.cast(output!.dtype === "uint8" ? graph.op("Mod", [result, graph.scalar(256, "int32")]) : result, output!.dtype);
}
