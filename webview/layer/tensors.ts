/** The tensors of a module that are shown, what they are called, and why one isn't there. Pure. */
import type { ModuleInfo, ModuleStatistics, ParameterInfo, StepStatistics, TensorKind, TensorStatistics } from "../../src/protocol/index.ts";
import { moduleStatistics, tensorStatistics } from "../shownSample.ts";

/** Which colour it has. */
export type TensorFamily = "activation" | "gradient" | "parameter";

export interface ShownTensor {
  readonly kind: TensorKind;
  readonly title: string;
  readonly family: TensorFamily;
  readonly parameter?: ParameterInfo;
  /** Gone once the step is over, unless the step was chosen to be measured. */
  readonly ofOutput: boolean;
}

/** In the order in which they are shown; of outputs beyond the first those that any sample has. */
export function tensorsOf(module: ModuleInfo, samples: readonly StepStatistics[]): readonly ShownTensor[] {
  const further = samples.reduce((most, sample) => Math.max(most, moduleStatistics(sample, module.id)?.furtherOutputs?.length ?? 0), 0);
  const outputs = Array.from({ length: further + 1 }, (_, place): ShownTensor[] => {
    const name = further === 0 ? "output" : `output ${place + 1}`;
    return [
      { kind: place === 0 ? "output" : `output:${place}`, title: name, family: "activation", ofOutput: true },
      { kind: place === 0 ? "outputGradient" : `outputGradient:${place}`, title: `∂loss/∂${name}`, family: "gradient", ofOutput: true },
    ];
  });
  const parameters = module.parameters.map((parameter): ShownTensor[] => [
    { kind: `parameter:${parameter.name}`, title: parameter.name, family: "parameter", parameter, ofOutput: false },
    { kind: `gradient:${parameter.name}`, title: `${parameter.name} gradient`, family: "gradient", parameter, ofOutput: false },
  ]);
  return [...outputs, ...parameters].flat();
}

/** One sentence on why a sample has nothing of a tensor. */
export function whyAbsent({ kind, parameter }: ShownTensor, statistics: ModuleStatistics | undefined): string {
  if (kind.startsWith("parameter")) return "Not measured in this step.";
  if (parameter) return parameter.trainable ? "No gradient arrived in this step." : "Frozen, so no gradient.";
  if (statistics?.gradientless === "noGrad") return "Computed under noGrad, where nothing is measured.";
  const output = tensorStatistics(statistics, kind.replace("outputGradient", "output") as TensorKind);
  if (!output) return "Not called in this step.";
  if (statistics?.gradientless === "untrained") return "Nothing before it is trained, so it gets no gradient.";
  return "No gradient arrived: the loss of this step doesn't depend on it.";
}

export interface PastTensor {
  readonly step: number;
  readonly epoch: number;
  readonly tensor: TensorStatistics;
}

export function historyOf(samples: readonly StepStatistics[], module: number, kind: TensorKind): readonly PastTensor[] {
  return samples.flatMap((sample) => {
    const tensor = tensorStatistics(moduleStatistics(sample, module), kind);
    return tensor ? [{ step: sample.step, epoch: sample.epoch, tensor }] : [];
  });
}

/** What a choice of ranges shows of a tensor. */
export function shownHistogram({ histogram, fullHistogram }: TensorStatistics, isFull: boolean): TensorStatistics["histogram"] {
  return isFull ? (fullHistogram ?? histogram) : histogram;
}

export function zerosOf({ zeroFraction, count }: TensorStatistics): number {
  return Math.round(zeroFraction * count);
}
