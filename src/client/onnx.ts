/** Having a model written as an ONNX file, and what there is to say of it. */
import type { OnnxFile, OnnxOptions, Problem, RunRequest, TakenWeights } from "../protocol/index.ts";
import { roundingDifference } from "../protocol/index.ts";
import { formatBytes } from "../run/numbers.ts";
import type { RunnerProcess } from "./runnerProcess.ts";

export interface WrittenOnnx {
  /** The file; none where the program ended before, or its model has no ONNX form. */
  readonly onnx?: OnnxFile;
  readonly problems: readonly Problem[];
  /** Names of the program's models. */
  readonly models: readonly string[];
  /** Whose weights it has, where they are another run's. */
  readonly weights?: TakenWeights;
}

/** `net.model.ts` becomes `net.onnx`, beside it. */
export function onnxFileOf(program: string): string {
  return `${program.replace(/(\.model)?\.[cm]?[tj]s$/, "")}.onnx`;
}

/** Runs the program up to its first training step and has its model written then. */
export async function writeOnnx(runner: RunnerProcess, request: Omit<RunRequest, "mode">, options: OnnxOptions): Promise<WrittenOnnx> {
  const problems: Problem[] = [];
  let onnx: OnnxFile | undefined;
  let weights: TakenWeights | undefined;
  let models: readonly string[] = [];
  await runner.run(
    { ...request, mode: "inspect", onnx: options },
    {
      event(event) {
        if (event.type === "onnx") ({ onnx } = event);
        else if (event.type === "weights") ({ weights } = event);
        else if (event.type === "models") models = event.models.map(({ name }) => name);
        else if (event.type === "problem" && event.problem.severity === "error") problems.push(event.problem);
      },
    },
  );
  runner.kill();
  await runner.exited;
  return { problems, models, ...(onnx && { onnx }), ...(weights && { weights }) };
}

/** What was written: `x float32 [batch, 4] → output float32 [batch, 3], opset 17, 12 KB`. */
export function onnxText({ inputs, outputs, opset, bytes }: OnnxFile): string {
  return `${inputs.join(", ")} → ${outputs.join(", ")}; opset ${opset}, ${formatBytes(bytes)}`;
}

/** What became of comparing it. */
export function checkText({ check }: OnnxFile): string {
  if (!check) return "not compared: neither onnxruntime-node nor onnxruntime-web is installed beside the program (npm install --save-dev onnxruntime-node)";
  const { runtime, difference, trouble } = check;
  if (trouble !== undefined) return `${runtime} can't be compared with it: ${trouble}`;
  if (difference! > roundingDifference) return `${runtime} gives other numbers: they differ by up to ${difference!.toExponential(1)}`;
  return `${runtime} gives the same, with batches of several sizes: the largest difference is ${difference!.toExponential(1)}`;
}

/** Whether the file does what the program does, as far as that is known. */
export function isAsMeant({ check }: OnnxFile): boolean {
  return !check || (check.trouble === undefined && check.difference! <= roundingDifference);
}
