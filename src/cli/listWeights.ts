/** `kindling weights FILE`: what a file of weights holds, whoever wrote it. */
import { columnsOf, padded } from "./columns.ts";
import { basename } from "node:path";
import { openWeights } from "../observe/weights/openWeights.ts";
import { formatCount, plural } from "../run/numbers.ts";
import type { WeightModel } from "../run/weightMatching.ts";
import type { Command } from "./commandLine.ts";
import { printable, type Paint } from "./problemText.ts";

/** @param path of the file that is there */
export function listWeights({ prefix, json }: Extract<Command, { type: "listWeights" }>, path: string, paint: Paint): number {
  let models: readonly WeightModel[];
  try {
    models = openWeights(path, prefix).models.map(({ name, type, tensors }) => ({ name, ...(type !== undefined && { type }), tensors }));
  } catch (error) {
    process.stderr.write(`kindling: ${printable((error as Error).message)}\n`);
    return 1;
  }
  process.stdout.write(json ? `${JSON.stringify({ models }, null, 2)}\n` : models.map((model) => tableOf(model, basename(path), paint)).join("\n"));
  return 0;
}

function tableOf({ name, type, tensors }: WeightModel, file: string, paint: Paint): string {
  const values = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  const title = [name === "" ? file : name, ...(type === undefined || type === name ? [] : [type])].join(" ");
  const rows = tensors.map(({ path, shape, dtype }) => [printable(path), `[${shape.join(", ")}]`, dtype] as const);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => columnsOf(row[column]!))));
  const lines = rows.map(([path, shape, dtype]) => `  ${padded(path, widths[0]!)}  ${padded(shape, widths[1]!)}  ${paint("dim", dtype)}\n`);
  return `${printable(title)}: ${plural(tensors.length, "tensor")}, ${formatCount(values)} values\n${lines.join("")}`;
}
