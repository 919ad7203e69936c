/** The runtime that the tests compare with; loaded once. */
import * as runtime from "onnxruntime-web";
import type { OnnxRuntime } from "../../src/onnx/runtime.ts";

runtime.env.wasm.numThreads = 1;

export const installed = runtime as unknown as OnnxRuntime;
