/** An ONNX model as a file: the numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
import type { DType } from "../engine/dtype.ts";
import { Message } from "./protobuf.ts";

/** The version of the standard operators; with layer normalisation, and what all runtimes of the last years know. */
export const OPSET = 17;
const IR_VERSION = 8;

export type ElementType = DType | "int64";

/** `TensorProto.DataType` */
export const elementTypes: Readonly<Record<ElementType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 };

export type Attribute = number | string | readonly number[] | { readonly float: number } | { readonly texts: readonly string[] };

export interface OnnxNode {
  readonly type: string;
  /** Empty where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** An input or output; a size with a name is another from call to call. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Of Kindling. */
  readonly version: string;
}

/** The bytes of an `.onnx` file. */
export function encodeModel({ name, nodes, initializers, inputs, outputs, version }: OnnxModel): Uint8Array {
  const graph = new Message();
  nodes.forEach((node, i) => graph.message(1, encodeNode(node, i)));
  graph.text(2, name);
  for (const initializer of initializers) graph.message(5, encodeTensor(initializer));
  for (const input of inputs) graph.message(11, encodePort(input));
  for (const output of outputs) graph.message(12, encodePort(output));
  const opset = new Message().text(1, "").integer(2, OPSET);
  return new Message().integer(1, IR_VERSION).text(2, "Kindling").text(3, version).message(7, graph).message(8, opset).finish();
}

function encodeNode({ type, inputs, outputs, attributes }: OnnxNode, index: number): Message {
  const node = new Message();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, `${type}_${index}`).text(4, type);
  for (const [name, value] of Object.entries(attributes)) node.message(5, encodeAttribute(name, value));
  return node;
}

const enum AttributeType {
  Float = 1,
  Integer = 2,
  Text = 3,
  Integers = 7,
  Texts = 8,
}

function encodeAttribute(name: string, value: Attribute): Message {
  const attribute = new Message().text(1, name);
  if (typeof value === "number") return attribute.integer(3, value).integer(20, AttributeType.Integer);
  if (typeof value === "string") return attribute.text(4, value).integer(20, AttributeType.Text);
  if ("float" in value) return attribute.float(2, value.float).integer(20, AttributeType.Float);
  if ("texts" in value) {
    for (const each of value.texts) attribute.text(9, each);
    return attribute.integer(20, AttributeType.Texts);
  }
  for (const each of value) attribute.integer(8, each);
  return attribute.integer(20, AttributeType.Integers);
}

function encodeTensor({ name, dtype, shape, bytes }: Initializer): Message {
  const tensor = new Message();
  for (const size of shape) tensor.integer(1, size);
  return tensor.integer(2, elementTypes[dtype]).text(8, name).bytes(9, bytes);
}

function encodePort({ name, dtype, shape }: Port): Message {
  const sizes = new Message();
  for (const size of shape) sizes.message(1, typeof size === "number" ? new Message().integer(1, size) : new Message().text(2, size));
  const type = new Message().message(1, new Message().integer(1, elementTypes[dtype]).message(2, sizes));
  return new Message().text(1, name).message(2, type);
}
