/**
 * The runtime that the tests compare with; loaded once. KINDLING_ONNX_RUNTIME names the folder of another one, such as an
 * `onnxruntime-node` that is installed elsewhere.
 */
import { createRequire } from "node:module";
import type { OnnxRuntime } from "../../src/onnx/runtime.ts";

const other = process.env["KINDLING_ONNX_RUNTIME"];

export const installed = (other === undefined ? await web() : createRequire(import.meta.url)(other)) as OnnxRuntime;

async function web(): Promise<unknown> {
  const runtime = await import("onnxruntime-web");
  runtime.env.wasm.numThreads = 1;
  return runtime;
}
