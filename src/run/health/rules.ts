/**
 * The signs of a training that goes wrong: each rule, what it takes, and where that comes from. Pure; a rule looks at what was
 * measured of one model and says what it found, or nothing. A false alarm is worse than silence: a sign has to last, and what
 * is odd in a network that learns all the same is not a sign.
 */
import type { ModuleInfo, ModuleStatistics, ParameterStatistics, StepStatistics } from "../../protocol/index.ts";
import { formatCount, formatNumber, formatPercent, plural, withMinus } from "../numbers.ts";
import { rootMeanSquare } from "../rootMeanSquare.ts";
import { gradientNorm, pathOf, relativeChange, trainableParameters, type Layer, type ModelFacts, type ParameterHistory } from "./facts.ts";

export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** `ModelInfo.id`, and the `ModuleInfo.id` of where it is; the root where it is everywhere. */
  readonly model: number;
  readonly module: number;
  /** All the modules that show it, that one first. */
  readonly places: readonly number[];
  /** What, where and since when; names of the program's in backticks. */
  readonly what: string;
  /** What to try. */
  readonly advice: string;
}

/** `error`: this does not learn. `warning`: a part of it doesn't, or it learns worse than it could. */
export type Severity = "error" | "warning";

export interface Rule {
  readonly id: RuleId;
  find(facts: ModelFacts): readonly Finding[];
}

export type RuleId =
  | "notANumber"
  | "deadLayer"
  | "sameOutput"
  | "rising"
  | "exploding"
  | "vanishing"
  | "largeSteps"
  | "smallSteps"
  | "notMoving"
  | "likeGuessing"
  | "saturated"
  | "deadUnits"
  | "growing"
  | "noGradient"
  | "neverCalled";

/** Samples in which a sign has to show, one after the other. */
const lasting = 5;

/**
 * A unit counts as dead when it was zero in so many measured steps, over so many steps of the run, for so many samples: by the
 * rule of three one that answers to 1.2 % of the samples shows in 256 of them with 95 % certainty.
 * (Hanley & Lippman-Hand 1983, "If nothing goes wrong, is everything all right?")
 */
export const deadFor = { measured: lasting, steps: 20, samples: 256 } as const;

/**
 * Of a layer's units. CS231n, "Neural networks 1": with a learning rate too high "as much as 40 % of your network can be dead";
 * Lu et al. 2019, arXiv:1903.06733: units that were never alive come from the start's weights, and where inputs are few and
 * positive half of them are so in networks that learn.
 */
const manyDied = 0.5;
const manyNeverLived = 0.8;

/**
 * Share of a hidden layer's values at the ends. Glorot & Bengio 2010, section 3: a layer that saturates stands still. One that
 * comes to it while the loss falls has become sure.
 */
const manySaturated = 0.8;

/**
 * How much smaller, or larger, the gradient is at a layer than behind it. Bengio et al. 1994; Pascanu et al. 2013,
 * arXiv:1211.5063; He et al. 2015, arXiv:1502.01852: with a proper start it stays within a few powers of two.
 */
export const vanished = 1e-4;
export const exploded = 1e4;
const explodedAndNotLearning = 1e3;

/** Size of a step by the size of the weights. Karpathy, CS231n "Neural networks 3": "this ratio should be somewhere around 1e-3". */
const largeStep = 0.1;
const smallStep = 1e-5;

/**
 * The largest learning rates that are usual: ten times PyTorch's default with those that take steps of one size (Adam's paper,
 * arXiv:1412.6980: "good default settings" are 0.001); with SGD what deep networks start from (He et al. 2015, arXiv:1512.03385).
 * Part of the explanation of another sign, never a sign by itself.
 */
const usualRates: Readonly<Record<string, number>> = {
  Adam: 0.01,
  AdamW: 0.01,
  NAdam: 0.01,
  RAdam: 0.01,
  Adamax: 0.02,
  SparseAdam: 0.01,
  RMSprop: 0.01,
  Adagrad: 0.1,
  SGD: 0.1,
  ASGD: 0.1,
};
/** Times as much as is usual, from which on it is worth a word; and so much less than is usual. */
const unusual = 5;
const unusuallyLow = 1e-4;

/** Steps after which a loss that has not moved is one that doesn't. */
const patience = 200;
const longPatience = 500;
/** Of its first value, at most. */
const hardlyMoved = 0.01;
/** What is as good as nothing to learn. */
const nearZero = 0.05;
/** How near to what guessing gives. */
export const nearGuess = 0.95;

/** A loss that is so much larger than at first, and than it was. */
const risen = 1.5;

/** Times the size of the first measured step. */
const grown = 10;

/** Steps over which a parameter must have had no gradient. */
const stepsWithoutGradient = 20;

const notANumber: Rule = {
  id: "notANumber",
  find(facts) {
    const { model, samples, recent, trend } = facts;
    const newest = recent.at(-1);
    if (!newest || !newest.modules.some(hasBrokenParameter)) return [];
    const first = samples.find(({ modules }) => modules.some(isBroken))!;
    const origin = brokenFirst(first);
    const module = model.modules[origin.statistics.module]!;
    const before = samples.findLast(({ step }) => step < first.step);
    const since =
      before && before.step + 1 < first.step
        ? `between steps ${formatCount(before.step)} and ${formatCount(first.step)}`
        : `in step ${formatCount(first.step)}`;
    return [
      {
        ...at("notANumber", "error", model.id, module),
        what: `The weights are no numbers any more (NaN or ∞). It began ${since}, ${origin.where} ${name(module)}.`,
        advice:
          trend && trend.last > risen * trend.start
            ? `${tooHigh(facts, "The loss had grown before, often from a learning rate that is too high")} Try a smaller one, or clip the gradient (\`nn.utils.clipGradNorm_\`).`
            : "Look for a division by zero, or a logarithm or root of what isn't positive, there; else try a smaller learning rate.",
      },
    ];
  },
};

const isBroken = ({ output, outputGradient, parameters }: ModuleStatistics): boolean =>
  [output, outputGradient].some((tensor) => (tensor?.nonFinite ?? 0) > 0) ||
  parameters.some(({ value, gradient }) => value.nonFinite > 0 || (gradient?.nonFinite ?? 0) > 0);

const hasBrokenParameter = ({ parameters }: ModuleStatistics): boolean => parameters.some(({ value }) => value.nonFinite > 0);

/** Where it began: the first output in the order of calls; else the weights; else the last gradient, which is the first on the way back. */
function brokenFirst({ modules }: StepStatistics): { readonly statistics: ModuleStatistics; readonly where: string } {
  const called = modules.filter(isBroken).sort((a, b) => (a.call ?? Infinity) - (b.call ?? Infinity));
  const weights = called.find(hasBrokenParameter);
  const output = called.find(({ output }) => (output?.nonFinite ?? 0) > 0);
  if (weights && (!output || (weights.call ?? Infinity) <= (output.call ?? Infinity))) return { statistics: weights, where: "with the weights of" };
  if (output) return { statistics: output, where: "with the output of" };
  return { statistics: called.at(-1)!, where: "with the gradient at" };
}

const deadUnits: Rule = {
  id: "deadUnits",
  find(facts) {
    const { model, layers, trend } = facts;
    const learns = trend?.direction === undefined || trend.direction === "falls";
    return layers.flatMap(({ module, recent }): Finding[] => {
      const units = recent.at(-1)?.rectified;
      if (!units || units.dead < 2) return [];
      const { dead, died, count, since } = units;
      const isWhole = dead === count;
      if (!isWhole && died < manyDied * count && dead < manyNeverLived * count) return [];
      const all = isWhole ? `all ${formatCount(count)} units have` : `${formatCount(dead)} of ${formatCount(count)} units have`;
      return [
        {
          ...at(isWhole ? "deadLayer" : "deadUnits", isWhole || !learns ? "error" : "warning", model.id, module),
          what: `${name(module)}: ${all} been zero behind its ReLU for every sample since step ${formatCount(since!)}.${isWhole ? " No gradient passes." : ""}`,
          advice:
            died * 2 >= dead
              ? `${tooHigh(facts, "Often a learning rate that is too high")} Try a smaller one, a LeakyReLU, or a normalization before the ReLU.`
              : "They never were anything else: look at how its weights and bias begin, and whether its inputs are centred.",
        },
      ];
    });
  },
};

const sameOutput: Rule = {
  id: "sameOutput",
  find({ model, samples, recent, layers, trend }) {
    const root = layers.find(({ module }) => module.parent === null);
    if (!root || recent.length < lasting || root.recent.length < lasting || !root.recent.every(isConstant) || trend?.direction === "falls") return [];
    // From where on all that follows is the same, too.
    const from = layers.findLastIndex(({ recent: own }) => !own.every(isConstant)) + 1;
    const module = (layers[from] ?? root).module;
    return [
      {
        ...at("sameOutput", "error", model.id, module),
        what: `The output is the same for every sample of a batch${module === root.module ? "" : `, from ${name(module)} on`}, since step ${formatCount(sinceWhen(samples, (sample) => isConstant(of(sample, root.module))))}.`,
        advice: "Nothing of the input gets through. Look for dead or saturated layers before, and for a learning rate that is too high.",
      },
    ];
  },
};

function isConstant(statistics: ModuleStatistics | undefined): boolean {
  const units = statistics?.units;
  return units?.constant !== undefined && units.constant === units.count;
}

const rising: Rule = {
  id: "rising",
  find(facts) {
    const { model, trend } = facts;
    if (trend?.direction !== "rises" || trend.start <= 0 || trend.best < 0) return [];
    if (trend.last < risen * trend.start || trend.last < risen * trend.best) return [];
    return [
      {
        ...at("rising", "error", model.id, model.modules[0]!),
        what: `The loss rises: ${formatNumber(trend.start, 3)} → ${formatNumber(trend.last, 3)} in ${formatCount(trend.steps)} steps.`,
        advice: `${tooHigh(facts, "Most often the learning rate is too high")} Try a tenth of it. Else look for a sign that is the wrong way round in the loss.`,
      },
    ];
  },
};

const exploding: Rule = {
  id: "exploding",
  find: (facts) => {
    const limit = facts.trend?.direction === "falls" || facts.trend?.direction === undefined ? exploded : explodedAndNotLearning;
    const found = steepest(facts, (ratios) => Math.min(...ratios) > limit && ratios.at(-1)!);
    if (!found) return [];
    return [
      {
        ...at("exploding", "error", facts.model.id, found.layer.module),
        what: `The gradient explodes on its way back: at ${name(found.layer.module)} it is ${times(found.ratio)} as strong as at ${name(found.behind.module)}.`,
        advice: "Start with smaller weights (`nn.init.kaimingNormal_`), add normalization or skip connections, or clip the gradient.",
      },
    ];
  },
};

const vanishing: Rule = {
  id: "vanishing",
  find: (facts) => {
    const found = steepest(
      facts,
      (ratios, layer) => Math.max(...ratios) < vanished && (isStill(layer) || isStuck(facts)) && 1 / Math.max(ratios.at(-1)!, 1e-45),
    );
    if (!found) return [];
    return [
      {
        ...at("vanishing", "error", facts.model.id, found.layer.module),
        what: `The gradient vanishes on its way back: at ${name(found.layer.module)} ${found.ratio > 1e44 ? "nothing is left of" : `it is ${formatNumber(1 / found.ratio, 1)} times`} what it is at ${name(found.behind.module)}.`,
        advice: "The first layers hardly learn. Try ReLU or GELU for Sigmoid or Tanh, normalization, skip connections, or fewer layers.",
      },
    ];
  },
};

interface Slope {
  readonly layer: Layer;
  readonly behind: Layer;
  readonly ratio: number;
}

/**
 * The layer that `weigh` gives the largest number, of those with parameters to train; it is told the gradient there by the
 * gradient at the layer where it comes from, the last one, in the recent samples.
 */
function steepest({ layers, recent }: ModelFacts, weigh: (ratios: readonly number[], layer: Layer) => number | false): Slope | undefined {
  const known = layers.filter(
    ({ recent: own }) => own.length >= lasting && own.length === recent.length && own.every((one) => gradientNorm(one) !== undefined),
  );
  const trained = known.filter(({ module }) => module.parameters.some(({ trainable }) => trainable));
  const behind = trained.at(-1);
  let best: Slope | undefined;
  for (const layer of trained) {
    if (layer === behind) break;
    const ratios = layer.recent.map((own, i) => gradientNorm(own)! / gradientNorm(behind!.recent[i]!)!);
    if (!ratios.every((ratio) => Number.isFinite(ratio))) continue;
    const weight = weigh(ratios, layer);
    if (weight !== false && weight > (best?.ratio ?? 0)) best = { layer, behind: behind!, ratio: weight };
  }
  return best;
}

/** Whether steps hardly move its weights. */
function isStill({ recent }: Layer): boolean {
  const changes = recent.flatMap(({ parameters }) => parameters.map(relativeChange)).filter((ratio) => ratio !== undefined);
  return changes.length > 0 && changes.every((ratio) => ratio < smallStep);
}

/** Whether its loss doesn't fall, though it had time to. */
const isStuck = ({ trend }: ModelFacts): boolean => trend?.direction === "flat" && trend.steps >= patience;

const largeSteps: Rule = {
  id: "largeSteps",
  find(facts) {
    const { model, recent, trend } = facts;
    if (trend?.direction !== "flat" && trend?.direction !== "rises") return [];
    const all = weightChanges(facts, recent).filter(({ ratios }) => ratios.length >= lasting && median(ratios) > largeStep);
    const largest = all.sort((a, b) => median(b.ratios) - median(a.ratios))[0];
    if (!largest) return [];
    const { module, parameter, ratios } = largest;
    return [
      {
        ...at("largeSteps", "error", model.id, module),
        what: `Each step moves \`${pathOf(module, parameter)}\` by ${formatPercent(median(ratios))} of its size, and the loss doesn't fall. About 0.1 % is usual.`,
        advice: `${tooHigh(facts, "The learning rate is too high")} Try a tenth of it.`,
      },
    ];
  },
};

const smallSteps: Rule = {
  id: "smallSteps",
  find(facts) {
    const { model, samples, trend } = facts;
    if (!isStuck(facts) || trend!.last < nearZero) return [];
    const all = weightChanges(facts, samples).filter(({ ratios }) => ratios.length >= lasting);
    const largest = Math.max(...all.flatMap(({ ratios }) => ratios));
    if (all.length === 0 || largest > smallStep) return [];
    return [
      {
        ...at("smallSteps", "error", model.id, model.modules[0]!),
        what:
          largest === 0
            ? "No step changes any weight."
            : `No step moves any weight by more than ${formatNumber(largest * 100, 1)} % of its size, and the loss stays at ${formatNumber(trend!.last, 3)}. About 0.1 % is usual.`,
        advice: largest === 0 ? "Look whether the learning rate is 0." : `${tooLow(facts)} Try 10 or 100 times as much.`,
      },
    ];
  },
};

/** By how much of their size weights (matrices and kernels, for vectors may begin at zero) were moved. */
function weightChanges(facts: ModelFacts, samples: readonly StepStatistics[]): (ParameterHistory & { readonly ratios: readonly number[] })[] {
  return trainableParameters(facts, samples)
    .filter(({ parameter }) => parameter.shape.length > 1)
    .map((one) => ({ ...one, ratios: one.history.map(({ measured }) => relativeChange(measured)).filter((ratio) => ratio !== undefined) }));
}

const notMoving: Rule = {
  id: "notMoving",
  find(facts) {
    const { model, trend } = facts;
    if (trend?.direction !== "flat" || Math.abs(trend.last) < nearZero) return [];
    if (hasMoved(trend.first, trend.last) || trend.best < trend.first * (1 - 5 * hardlyMoved)) return [];
    const guess = guessOf(facts);
    if (guess !== undefined && trend.last < nearGuess * guess) return [];
    const isGuess = guess !== undefined && trend.last * nearGuess < guess;
    if (trend.steps < (isGuess ? patience : longPatience)) return [];
    return [
      {
        ...at("notMoving", "error", model.id, model.modules[0]!),
        what:
          `The loss doesn't move: ${formatNumber(trend.first, 3)} → ${formatNumber(trend.last, 3)} in ${formatCount(trend.steps)} steps.` +
          (isGuess ? ` ${whatGuessingGives(guess)}` : ""),
        advice: askTheData,
      },
    ];
  },
};

/** It fell to what guessing gives, and stays there. */
const likeGuessing: Rule = {
  id: "likeGuessing",
  find(facts) {
    const { model, trend } = facts;
    const guess = guessOf(facts);
    if (guess === undefined || trend?.direction !== "falls" || trend.steps < longPatience || trend.last < nearZero) return [];
    if (trend.last < nearGuess * guess || hasMoved(trend.middle, trend.last)) return [];
    return [
      {
        ...at("likeGuessing", "warning", model.id, model.modules[0]!),
        what: `The loss came down to ${formatNumber(trend.last, 3)} and stays there. ${whatGuessingGives(guess)}`,
        advice: askTheData,
      },
    ];
  },
};

const guessOf = ({ recent }: ModelFacts): number | undefined => recent.at(-1)?.guess;
const hasMoved = (from: number, to: number): boolean => Math.abs(to - from) > hardlyMoved * Math.abs(from);
const whatGuessingGives = (guess: number): string => `Guessing without a look at the input gives ${formatNumber(guess, 3)}.`;
const askTheData = "Try another learning rate, look whether inputs and targets belong together, and whether one batch alone can be learned.";

const saturated: Rule = {
  id: "saturated",
  find({ model, layers, samples, recent, trend }) {
    const last = layers.findLastIndex(({ module }) => module.parameters.length > 0);
    const since = (module: ModuleInfo): number => sinceWhen(samples, (sample) => (of(sample, module)?.saturated ?? 0) >= manySaturated);
    const found = layers.filter(({ module, recent: own }, index) => {
      // The last layer is meant to be sure of what it says.
      if (index >= last || own.length < lasting || own.length < recent.length) return false;
      if (!own.every(({ saturated: share }) => share !== undefined && share >= manySaturated)) return false;
      return trend?.direction !== "falls" || since(module) === samples[0]!.step;
    });
    const [first] = found;
    if (!first) return [];
    const modules = found.map(({ module }) => module);
    return [
      {
        ...at("saturated", "warning", model.id, first.module, ...modules.slice(1)),
        what: `${names(modules)}: ${formatPercent(first.recent.at(-1)!.saturated!)} of what the Sigmoid or Tanh behind gives lies at its ends, since step ${formatCount(since(first.module))}. Hardly any gradient passes.`,
        advice: "Try smaller weights at the start (`nn.init.xavierUniform_`), inputs around 0 with a spread of about 1, or a smaller learning rate.",
      },
    ];
  },
};

const growing: Rule = {
  id: "growing",
  find(facts) {
    const { model, samples, trend } = facts;
    if (samples.length < 2 * lasting || trend?.direction === undefined || trend.direction === "falls") return [];
    const found = trainableParameters(facts, samples).filter(({ parameter, history }) => {
      if (parameter.shape.length < 2) return false;
      const sizes = history.map(({ measured }) => rootMeanSquare(measured.value));
      const half = sizes.slice(Math.floor(sizes.length / 2));
      return sizes.at(-1)! > grown * sizes[0]! && sizes.at(-1)! > 1 && half.every((size, i) => i === 0 || size > half[i - 1]!);
    });
    return found.slice(0, 1).map(({ module, parameter, history }) => ({
      ...at("growing", "warning", model.id, module),
      what: `\`${pathOf(module, parameter)}\` grows and grows: it is ${times(rootMeanSquare(history.at(-1)!.measured.value) / rootMeanSquare(history[0]!.measured.value))} as large as in step ${formatCount(history[0]!.step)}.`,
      advice: "Try weight decay or a smaller learning rate.",
    }));
  },
};

const noGradient: Rule = {
  id: "noGradient",
  find(facts) {
    const { model, samples, layers } = facts;
    if (samples.length < lasting || samples.at(-1)!.step - samples[0]!.step < stepsWithoutGradient) return [];
    const without = trainableParameters(facts, samples).filter(
      ({ parameter, history }) => parameter.sharedWith === undefined && history.length >= lasting && isLeftAlone(history),
    );
    return byModule(without).map(({ module, names }) => {
      const isCalled = layers.some(({ module: called }) => called === module);
      const those = names.map((one) => `\`${one}\``).join(", ");
      return {
        ...at(isCalled ? "noGradient" : "neverCalled", "warning", model.id, module),
        what: isCalled
          ? `${name(module)}: no gradient ever reaches ${those}, though it could be trained.`
          : `${name(module)} is never called in training, so that it doesn't learn.`,
        advice: isCalled
          ? "Look for a `detach()`, `noGrad` or `argmax` on the way to the loss; if it is meant to stay, freeze it (`requiresGrad_(false)`)."
          : "Call it in `forward`, or take it out.",
      };
    });
  },
};

/** Neither a gradient nor a change. */
function isLeftAlone(history: readonly { readonly measured: ParameterStatistics }[]): boolean {
  const [first] = history;
  return history.every(
    ({ measured: { gradient, value } }) => gradient === undefined && value.mean === first!.measured.value.mean && value.std === first!.measured.value.std,
  );
}

function byModule(parameters: readonly ParameterHistory[]): { readonly module: ModuleInfo; readonly names: readonly string[] }[] {
  const modules = new Map<ModuleInfo, string[]>();
  for (const { module, parameter } of parameters) modules.set(module, [...(modules.get(module) ?? []), parameter.name]);
  return [...modules].map(([module, names]) => ({ module, names }));
}

/** In the order in which they matter where a run shows several. */
export const rules: readonly Rule[] = [
  notANumber,
  deadUnits,
  exploding,
  vanishing,
  sameOutput,
  rising,
  largeSteps,
  smallSteps,
  notMoving,
  likeGuessing,
  saturated,
  growing,
  noGradient,
];

/** What follows from a sign, and needs no word beside it. */
export const consequences: Readonly<Partial<Record<RuleId, readonly RuleId[]>>> = {
  notANumber: ["rising", "growing", "deadLayer", "exploding"],
  deadLayer: ["vanishing", "sameOutput", "largeSteps", "smallSteps", "notMoving"],
  deadUnits: ["vanishing", "sameOutput", "largeSteps", "notMoving"],
  vanishing: ["sameOutput", "notMoving"],
  exploding: ["sameOutput", "rising", "notMoving"],
  sameOutput: ["notMoving", "likeGuessing"],
  rising: ["largeSteps", "growing"],
  largeSteps: ["notMoving", "likeGuessing", "growing"],
  smallSteps: ["notMoving"],
};

/** `lr 0.5 is 50 × Adam's usual` */
function rateText({ optimizers }: ModelFacts, isOdd: (times: number) => boolean): string | undefined {
  const rates = optimizers.flatMap(({ type, groups }) => groups.map(({ options }) => ({ type, lr: options["lr"], usual: usualRates[type] })));
  for (const { type, lr, usual } of rates) {
    if (typeof lr !== "number" || usual === undefined || !isOdd(lr / usual)) continue;
    const share = lr > usual ? `${formatNumber(lr / usual, 2)} × ${type}'s usual` : `far below ${type}'s usual, ${formatNumber(usual / 10, 1)}`;
    return `lr ${withMinus(String(Number(lr.toPrecision(3))))} is ${share}`;
  }
  return undefined;
}

/** What a learning rate too high has to do with it. */
function tooHigh(facts: ModelFacts, beginning: string): string {
  const rate = rateText(facts, (ratio) => ratio >= unusual);
  return rate === undefined ? `${beginning}.` : `${beginning}: ${rate}.`;
}

function tooLow(facts: ModelFacts): string {
  const rate = rateText(facts, (ratio) => ratio > 0 && ratio <= unusuallyLow);
  return rate === undefined ? "The learning rate is too low." : `The learning rate is too low: ${rate}.`;
}

function at(rule: RuleId, severity: Severity, model: number, ...[module, ...others]: readonly [ModuleInfo, ...ModuleInfo[]]): Omit<Finding, "what" | "advice"> {
  return { rule, severity, model, module: module.id, places: [module, ...others].map(({ id }) => id) };
}

/** `layer1`, `layer1` and 2 more layers */
function names([module, ...others]: readonly ModuleInfo[]): string {
  return `${name(module!)}${others.length === 0 ? "" : ` and ${plural(others.length, "more layer", "more layers")}`}`;
}

const name = ({ path, name: own }: ModuleInfo): string => `\`${path || own}\``;

const times = (ratio: number): string => `${formatNumber(ratio, 2)} times`;

/** What a sample says of a module. */
const of = ({ modules }: StepStatistics, { id }: ModuleInfo): ModuleStatistics | undefined => modules.find(({ module }) => module === id);

/** The first measured step from which on all of them show a sign. */
function sinceWhen(samples: readonly StepStatistics[], shows: (sample: StepStatistics) => boolean): number {
  return samples[samples.findLastIndex((sample) => !shows(sample)) + 1]?.step ?? samples.at(-1)!.step;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
