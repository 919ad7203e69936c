/** Finds, in the text alone, what is likely a mistake in a program that uses Kindling. */
import type { Problem } from "../protocol/index.ts";
import { Program } from "./program.ts";
import type { Rule } from "./rule.ts";
import { accuracyPerBatch } from "./rules/accuracyPerBatch.ts";
import { bceUnbounded } from "./rules/bceUnbounded.ts";
import { clippingMisplaced } from "./rules/clippingMisplaced.ts";
import { dropoutAlwaysOn } from "./rules/dropoutAlwaysOn.ts";
import { evalMissing } from "./rules/evalMissing.ts";
import { gradientsCleared } from "./rules/gradientsCleared.ts";
import { graphCut } from "./rules/graphCut.ts";
import { graphKept } from "./rules/graphKept.ts";
import { hiddenModules } from "./rules/hiddenModules.ts";
import { layerInForward } from "./rules/layerInForward.ts";
import { linearAfterLinear } from "./rules/linearAfterLinear.ts";
import { logOfSoftmax } from "./rules/logOfSoftmax.ts";
import { lossArgumentsSwapped } from "./rules/lossArgumentsSwapped.ts";
import { lossNotScalar } from "./rules/lossNotScalar.ts";
import { madeEachEpoch } from "./rules/madeEachEpoch.ts";
import { neverStepped } from "./rules/neverStepped.ts";
import { nllWithoutLog } from "./rules/nllWithoutLog.ts";
import { noGradMissing } from "./rules/noGradMissing.ts";
import { notCalled } from "./rules/notCalled.ts";
import { oneLayerRepeated } from "./rules/oneLayerRepeated.ts";
import { reluBeforeLoss } from "./rules/reluBeforeLoss.ts";
import { schedulerBeforeOptimizer } from "./rules/schedulerBeforeOptimizer.ts";
import { seedEachEpoch } from "./rules/seedEachEpoch.ts";
import { softmaxBeforeCrossEntropy } from "./rules/softmaxBeforeCrossEntropy.ts";
import { stateNotCopied } from "./rules/stateNotCopied.ts";
import { stepWithoutGradient } from "./rules/stepWithoutGradient.ts";
import { superMissing } from "./rules/superMissing.ts";
import { tensorAsCondition } from "./rules/tensorAsCondition.ts";
import { tensorsCompared } from "./rules/tensorsCompared.ts";
import { testSetTrained } from "./rules/testSetTrained.ts";
import { trainMissing } from "./rules/trainMissing.ts";
import { unshuffled } from "./rules/unshuffled.ts";
import { unusedResult } from "./rules/unusedResult.ts";
import { zeroGradMissing } from "./rules/zeroGradMissing.ts";

const rules: readonly Rule[] = [
  accuracyPerBatch,
  bceUnbounded,
  clippingMisplaced,
  dropoutAlwaysOn,
  evalMissing,
  gradientsCleared,
  graphCut,
  graphKept,
  hiddenModules,
  layerInForward,
  linearAfterLinear,
  logOfSoftmax,
  lossArgumentsSwapped,
  lossNotScalar,
  madeEachEpoch,
  neverStepped,
  nllWithoutLog,
  noGradMissing,
  notCalled,
  oneLayerRepeated,
  reluBeforeLoss,
  schedulerBeforeOptimizer,
  seedEachEpoch,
  softmaxBeforeCrossEntropy,
  stateNotCopied,
  stepWithoutGradient,
  superMissing,
  tensorAsCondition,
  tensorsCompared,
  testSetTrained,
  trainMissing,
  unshuffled,
  unusedResult,
  zeroGradMissing,
];

const usesKindling = /\bfrom\s*["']kindling["']/;

/**
 * @param file absolute path of the file
 * @param text its text
 * @returns in the order of the text, silenced ones too; undefined where the text can't be made sense of, as while somebody types
 */
export function lint(file: string, text: string): readonly Problem[] | undefined {
  if (!usesKindling.test(text)) return [];
  const program = Program.read(file, text);
  if (!program) return undefined;
  const offset = ({ position }: Problem): number => (position ? position.line * 1e6 + position.column : 0);
  return rules.flatMap((rule) => [...rule(program)]).toSorted((a, b) => offset(a) - offset(b));
}
