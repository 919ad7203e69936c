/** What the whole model comes to, as torchinfo ends its tables. Pure. */
import type { ModelInfo } from "../../src/protocol/index.ts";
import { rootOf } from "../../src/run/modules.ts";
import { formatAmount, formatBytes, formatCount, formatMilliseconds, plural } from "../../src/run/numbers.ts";
import type { StepSummary } from "../../src/run/work.ts";

export interface SummaryItem {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly hint: string;
  /** Where the value is a count. */
  readonly count?: number;
}

export function summaryItems(model: ModelInfo, step: StepSummary | undefined): SummaryItem[] {
  const { total, trainable, frozen } = rootOf(model).counts;
  return [
    { id: "total-parameters", name: "Parameters", value: formatCount(total), count: total, hint: "Values in all parameters; shared ones count once" },
    { id: "trainable-parameters", name: "Trainable", value: formatCount(trainable), count: trainable, hint: "Values in parameters that get a gradient" },
    { id: "frozen-parameters", name: "Frozen", value: formatCount(frozen), count: frozen, hint: "Values in parameters that get none" },
    { id: "parameter-memory", name: "Weights", value: formatBytes(parameterBytes(model)), hint: "Memory of all parameters" },
    ...(step ? stepItems(step) : []),
  ];
}

function stepItems({ step, steps, modules, backward, optimizer, time, samples }: StepSummary): SummaryItem[] {
  const { multiplyAdds, outputBytes, forward } = modules[0]!.whole;
  const of = steps === 1 ? `In step ${formatCount(step)}` : `Median of ${steps} sampled steps up to ${formatCount(step)}`;
  const timed = (id: string, name: string, value: number | undefined, hint: string): SummaryItem[] =>
    value === undefined ? [] : [{ id, name, value: formatMilliseconds(value), hint: `${hint}. ${of}, without what watching takes` }];
  return [
    {
      id: "multiply-adds",
      name: "Multiply-adds",
      value: formatAmount(multiplyAdds),
      count: multiplyAdds,
      hint: "Multiplications with an addition in a step's forward pass: products of matrices and convolutions",
    },
    { id: "output-memory", name: "Outputs", value: formatBytes(outputBytes), count: outputBytes, hint: "Memory of the outputs of all modules in a step" },
    ...timed("forward-time", "Forward", forward, "Time in the model's forward"),
    // A pass that failed came to none.
    ...timed("backward-time", "Backward", backward > 0 ? backward : undefined, "Time in gradients, those of the loss too"),
    ...timed("optimizer-time", "Optimizer", optimizer, "Time in the optimizer's step"),
    ...timed("step-time", "Step", time, "A whole step, with the loading of data and all else that the program does"),
    ...(samples === undefined ? [] : [{ id: "samples", name: "Batch", value: plural(samples, "sample"), hint: "Samples in the batch" }]),
  ];
}

function parameterBytes({ modules }: ModelInfo): number {
  const own = modules.flatMap(({ parameters }) => parameters.filter(({ sharedWith }) => sharedWith === undefined));
  return own.reduce((sum, { count, dtype }) => sum + count * (dtype === "float32" || dtype === "int32" ? 4 : 1), 0);
}
