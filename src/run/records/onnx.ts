/** A model that was written as an ONNX file, from process to process. */
import type { OnnxCheck, OnnxFile } from "../../protocol/index.ts";
import { list, number, optional, record, text, whole } from "../codec.ts";

const check = record<OnnxCheck>({ runtime: text, difference: optional(number), trouble: optional(text) });

export const onnxFile = record<OnnxFile>({
  file: text,
  model: text,
  opset: whole,
  bytes: whole,
  inputs: list(text),
  outputs: list(text),
  check: optional(check),
});
