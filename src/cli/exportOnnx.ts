/** `kindling export --onnx` */
import { checkText, isAsMeant, onnxText, writeOnnx } from "../client/onnx.ts";
import type { OnnxOptions, RunRequest } from "../protocol/index.ts";
import { isTaken } from "../run/weightMatching.ts";
import { printable, problemText, type Paint } from "./problemText.ts";
import { startRunner } from "./runner.ts";
import { weightsTeller } from "./weightsTable.ts";

/**
 * Writes the model; resolves with the exit code, 1 where it isn't written, or where the runtime gives something else.
 * @param script the runner
 */
export async function exportOnnx(script: URL, request: Omit<RunRequest, "mode">, options: OnnxOptions, paint: Paint): Promise<number> {
  const runner = startRunner(script, (stdout, stderr) => {
    // What the program prints is not what was asked for.
    stdout.resume();
    stderr.resume();
  });
  const { onnx, problems, weights } = await writeOnnx(runner, request, options);
  for (const problem of problems) process.stderr.write(problemText(problem, paint));
  if (weights) process.stderr.write(weightsTeller()(weights, paint));
  if (!onnx) return 1;
  process.stderr.write(`kindling: wrote ${onnx.model} to ${printable(onnx.file)}: ${onnxText(onnx)}\nkindling: ${checkText(onnx)}\n`);
  const hasWeights = !request.weights || (weights?.matches.some(isTaken) ?? false);
  return isAsMeant(onnx) && hasWeights && problems.length === 0 ? 0 : 1;
}
