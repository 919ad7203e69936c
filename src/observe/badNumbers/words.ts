/** What is said of the first bad number: what made it, of which values, and what to try. */
import type { Module } from "../../engine/nn/module.ts";
import type { Extent } from "../../engine/ops/statistics.ts";
import type { Problem, RelatedPlace } from "../../protocol/index.ts";
import { formatCount, formatNumber, plural } from "../../run/numbers.ts";
import type { ProgramSource } from "../program/programSource.ts";
import type { ModuleCall, Origin } from "./origins.ts";
import type { Broken, Found } from "./search.ts";

/** What a problem says more once it is known where it began. */
export type Explanation = Required<Pick<Problem, "message" | "related">> & Pick<Problem, "position" | "module">;

export function explained({ origin: known, broken, losses, rate }: Found, source: ProgramSource): Explanation {
  const origin = { ...known, word: written(known, source) };
  const position = origin.stack.position(source);
  const related = [...nextPlace(origin, source), ...brokenPlace(broken, source)].filter((place) => !isSame(place, position));
  return {
    message: sentencesOf([beginning(origin), remedy(origin), growth(origin, losses, rate)]),
    related,
    ...(position && { position }),
    ...(origin.call && { module: moduleText(origin.call) }),
  };
}

/** Where numbers began that aren't finite, and what to try. */
export function beginningOf(known: Origin, source: ProgramSource): string {
  const origin = { ...known, word: written(known, source) };
  return sentencesOf([beginning(origin), remedy(origin)]);
}

function sentencesOf(sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

/** An origin with the operation's name as the user wrote it. */
interface Told extends Origin {
  readonly word: string;
}

/** What stands in the user's line and isn't what the operation is called in it. */
const frames = new Set(["apply", "backward", "forward", "step", "grad", "call"]);

function written({ stack, name, way }: Pick<Origin, "stack" | "name"> & { readonly way?: Origin["way"] }, source: ProgramSource): string {
  const callee = way === "updated" ? undefined : stack.callee(source);
  return callee === undefined || frames.has(callee) ? name : callee;
}

function isSame({ position: { file, line, column } }: RelatedPlace, other: RelatedPlace["position"] | undefined): boolean {
  return file === other?.file && line === other.line && column === other.column;
}

function nextPlace({ next, word }: Told, source: ProgramSource): RelatedPlace[] {
  const position = next?.stack.position(source);
  return next && position ? [{ message: `Here \`${written(next, source)}\` makes NaN of the ∞ of \`${word}\``, position }] : [];
}

function brokenPlace(broken: Broken, source: ProgramSource): RelatedPlace[] {
  const position = broken.stack.position(source);
  if (!position) return [];
  return [
    {
      message:
        broken.kind === "loss"
          ? "The loss that it breaks"
          : `The step that it breaks, by ${broken.kind === "gradient" ? "the gradient of " : ""}${broken.path === "" ? "a parameter" : `\`${broken.path}\``}`,
      position,
    },
  ];
}

/** `layer2 (Linear) of Net` */
function moduleText(call: ModuleCall): string {
  const path = pathOf(call);
  const model = call.root.constructor.name;
  return path === "" ? model : `${path} (${call.module.constructor.name}) of ${model}`;
}

function pathOf({ module, root }: ModuleCall): string {
  return (root as Module).namedModules().find(([, candidate]) => candidate === module)?.[0] ?? "";
}

function inModule({ call }: Origin): string {
  if (!call) return "";
  const path = pathOf(call);
  return path === "" ? ` in ${call.root.constructor.name}` : ` in \`${path}\``;
}

function beginning(origin: Told): string {
  switch (origin.way) {
    case "computed":
      return `It began with ${computed(origin)}.`;
    case "differentiated":
      return `It began in the backward pass, with the derivative of ${differentiated(origin)}.`;
    case "placed":
      return `It began with \`${origin.word}\`${inModule(origin)}, ${placed(origin)}.`;
    case "given":
      return `It began with ${given(origin)}.`;
    case "updated":
      return `It began with \`${origin.word}()\`: it made ${share(origin.output)} of a parameter ${kindOf(origin.output)}${updateReason(origin)}.`;
  }
}

function placed({ scalar, output }: Told): string {
  const isComputed = scalar !== undefined && !Number.isFinite(scalar);
  return isComputed ? `which computes with ${formatNumber(scalar)}, a number that the program gives it` : `which puts ${kindOf(output)} there`;
}

function kindOf({ nan, positive, negative }: Extent): string {
  if (nan > 0) return "NaN";
  return positive > 0 || negative === 0 ? "∞" : "−∞";
}

/** `3 of 64 values` */
function share({ count, nan, positive, negative }: Extent): string {
  return `${formatCount(nan + positive + negative)} of ${plural(count, "value")}`;
}

function given({ word, owner, output }: Told): string {
  const batch = owner?.kind === "data" && owner.batch !== undefined ? ` in batch ${formatCount(owner.batch)}` : "";
  const what = `${share(output)}${batch} ${output.nan + output.positive + output.negative === 1 ? "is" : "are"} ${kindOf(output)}`;
  if (owner?.kind === "data") return `the data: ${what} before \`${word}\` computes with it`;
  if (owner) return `the ${owner.kind} \`${owner.path}\`: ${what} before any operation computed with it`;
  return `what goes into \`${word}\`: ${what} already`;
}

function updateReason({ scalar, inputs }: Origin): string {
  return scalar === 0 && inputs.some(({ zeros }) => zeros > 0) ? ", as it divides 0 by 0 where a gradient is 0 and `eps` is 0" : "";
}

/** What is known to go wrong with an operation's values. */
interface Trap {
  readonly names: RegExp;
  applies(inputs: readonly Extent[], origin: Told): boolean;
  says(inputs: readonly Extent[], origin: Told): string;
  readonly remedy: string;
}

const some = (count: number, of: Extent, verb: string): string => `${formatCount(count)} of ${plural(of.count, "value")} ${count === 1 ? "is" : "are"} ${verb}`;
const zeros = (of: Extent): string => some(of.zeros, of, "0");
const isWhole = (number: number | undefined): boolean => number !== undefined && Number.isInteger(number);
const isMasked = ({ negative }: Extent): boolean => negative > 0;

const traps: readonly Trap[] = [
  {
    names: /^log(2|10)?$/,
    applies: ([x]) => x !== undefined && x.min >= 0 && x.zeros > 0,
    says: ([x], { word }) => `\`${word}\` of 0: ${zeros(x!)}`,
    remedy: "Keep its input above 0, for example `x.clamp(1e-8).log()`.",
  },
  {
    names: /^log(2|10)?$/,
    applies: ([x]) => x !== undefined && x.min < 0,
    says: ([x], { word }) => `\`${word}\` of a negative number: its input goes down to ${formatNumber(x!.min)}`,
    remedy: "Keep its input above 0, for example `x.clamp(1e-8).log()`.",
  },
  {
    names: /^log1p$/,
    applies: ([x]) => x !== undefined && x.min <= -1,
    says: ([x], { word }) => `\`${word}\` of what is not above −1: its input goes down to ${formatNumber(x!.min)}`,
    remedy: "Keep its input above −1, for example `x.clamp(-1 + 1e-6).log1p()`.",
  },
  {
    names: /^r?sqrt$/,
    applies: ([x], { way }) => way === "computed" && x !== undefined && x.min < 0,
    says: ([x], { word }) => `\`${word}\` of a negative number: its input goes down to ${formatNumber(x!.min)}`,
    remedy: "Keep its input at 0 or above, for example `x.clamp(0).add(1e-8).sqrt()`.",
  },
  {
    names: /^r?sqrt$/,
    applies: ([x]) => x !== undefined && x.zeros > 0,
    says: ([x], { word }) => `\`${word}\` at 0: ${zeros(x!)}`,
    remedy: "Keep its input above 0, for example `x.add(1e-8).sqrt()`.",
  },
  {
    names: /^reciprocal$/,
    applies: ([x]) => x !== undefined && x.zeros > 0,
    says: ([x], { word }) => `\`${word}\` of 0: ${zeros(x!)}`,
    remedy: "Keep its input away from 0, for example `x.add(1e-8).reciprocal()`.",
  },
  {
    names: /^div/,
    applies: (inputs, { scalar }) => scalar === 0 || (inputs.at(-1)?.zeros ?? 0) > 0,
    says: (inputs, { word, scalar, way, output }) => {
      const how = `\`${word}\` ${way === "computed" && output.nan > 0 && output.positive + output.negative === 0 ? "of 0 by 0" : "by 0"}`;
      const divisor = inputs.at(-1)!;
      return scalar === 0
        ? how
        : `${how}: ${formatCount(divisor.zeros)} of ${plural(divisor.count, "value")} of the divisor ${divisor.zeros === 1 ? "is" : "are"} 0`;
    },
    remedy: "Keep the divisor away from 0, for example `x.div(y.add(1e-8))`.",
  },
  {
    names: /^(pow|floatPower)$/,
    applies: ([x], { scalar, output }) => x !== undefined && x.min < 0 && output.nan > 0 && !isWhole(scalar),
    says: ([x], { word }) => `\`${word}\` of a negative number to a power that is no whole number: its base goes down to ${formatNumber(x!.min)}`,
    remedy: "Keep the base at 0 or above, for example `x.clamp(1e-8).pow(p)`.",
  },
  {
    names: /^(pow|floatPower)$/,
    applies: ([x], { way, scalar }) => x !== undefined && x.zeros > 0 && (way === "differentiated" || (scalar ?? -1) < 0),
    says: ([x], { word }) => `\`${word}\` at 0: ${zeros(x!)}`,
    remedy: "Keep the base above 0, for example `x.clamp(1e-8).pow(p)`.",
  },
  {
    names: /^(exp|exp2|expm1|sinh|cosh)$/,
    applies: ([x], { output }) => x !== undefined && output.nan === 0 && Math.max(Math.abs(x.min), Math.abs(x.max)) > 80,
    says: ([x], { word }) => `an overflow of \`${word}\`: its input goes up to ${formatNumber(x!.max)}, and above 88.7 the result is too large for float32`,
    remedy: "Subtract the largest value before, use `logsumexp` or `softmax`, or keep the input small, for example `x.clamp(null, 80).exp()`.",
  },
  {
    names: /softmax|logsumexp|attention/i,
    applies: (inputs, { output, name }) => output.nan > 0 && (inputs.some(isMasked) || /attention/i.test(name)),
    says: (inputs, { word }) => {
      const masked = inputs.find(isMasked);
      return `\`${word}\` of a row in which every value is −∞${masked ? `: ${some(masked.negative, masked, "−∞")}` : ""}`;
    },
    remedy: "Leave at least one value of each row unmasked, or mask with a large negative number such as -1e9.",
  },
  {
    names: /^(acos|asin|arccos|arcsin)$/,
    applies: ([x]) => x !== undefined && (x.min <= -1 || x.max >= 1),
    says: ([x], { word, way }) =>
      way === "computed"
        ? `\`${word}\` outside of −1 to 1: its input goes from ${formatNumber(x!.min)} to ${formatNumber(x!.max)}`
        : `\`${word}\` at the ends of −1 to 1, where its slope is infinite: its input goes from ${formatNumber(x!.min)} to ${formatNumber(x!.max)}`,
    remedy: "Keep its input inside, for example `x.clamp(-1 + 1e-6, 1 - 1e-6)`.",
  },
  {
    names: /^(atanh|arctanh)$/,
    applies: ([x]) => x !== undefined && (x.min <= -1 || x.max >= 1),
    says: ([x], { word }) => `\`${word}\` at or outside of −1 and 1: its input goes from ${formatNumber(x!.min)} to ${formatNumber(x!.max)}`,
    remedy: "Keep its input inside, for example `x.clamp(-1 + 1e-6, 1 - 1e-6)`.",
  },
  {
    names: /^(std|var)/,
    applies: (_, { way }) => way === "computed",
    says: ([x], { word }) =>
      `\`${word}\` of too few values${x ? ` (${formatCount(x.count)} in all)` : ""}: it divides by one less than their number, which is 0`,
    remedy: "Give it at least two values, or `correction: 0`.",
  },
  {
    names: /^mean|^median/,
    applies: ([x]) => x === undefined || x.count === 0,
    says: (_, { word }) => `\`${word}\` of no values`,
    remedy: "Look whether anything is left before you take it.",
  },
];

const trapOf = (origin: Told): Trap | undefined => traps.find(({ names, applies }) => names.test(plain(origin.name)) && applies(origin.inputs, origin));

/** The form in place has the same traps. */
const plain = (name: string): string => name.replace(/_$/, "");

/** Whether the user wrote something that is made of the operation. */
const isWithin = (trap: Trap, { word }: Told): boolean => !trap.names.test(plain(word));

function sprung(trap: Trap, origin: Told): string {
  const within = isWithin(trap, origin);
  const what = trap.says(origin.inputs, within ? { ...origin, word: origin.name } : origin);
  const place = `${within ? ` within \`${origin.word}\`` : ""}${inModule(origin)}`;
  return what.includes(": ") ? what.replace(": ", `${place}: `) : `${what}${place}`;
}

function computed(origin: Told): string {
  const trap = trapOf(origin);
  return trap ? sprung(trap, origin) : untold(origin);
}

function untold(origin: Told): string {
  const { word, output, inputs } = origin;
  const module = inModule(origin);
  if (isOverflow(origin)) return `an overflow of \`${word}\`${module}: what it computes is too large for float32 (above 3.4e38); ${ranges(inputs)}`;
  return `\`${word}\`${module}: it made ${share(output)} ${kindOf(output)}; ${ranges(inputs)}`;
}

function differentiated(origin: Told): string {
  const trap = trapOf(origin);
  if (trap) return sprung(trap, origin);
  const { word, output, inputs } = origin;
  return `\`${word}\`${inModule(origin)}: ${share(output)} of it ${output.count === 1 ? "is" : "are"} ${kindOf(output)}; ${ranges(inputs)}`;
}

function ranges(inputs: readonly Extent[]): string {
  const known = inputs.filter(({ min }) => !Number.isNaN(min)).slice(0, 3);
  if (known.length === 0) return "it read no finite number";
  return `it read values from ${known.map(({ min, max }) => (min === max ? `${formatNumber(min)}` : `${formatNumber(min)} to ${formatNumber(max)}`)).join(", and ")}`;
}

/** Of values so large that what is computed from them, or on the way to it, is too large. */
function isOverflow({ way, inputs }: Origin): boolean {
  return way === "computed" && inputs.some(({ min, max }) => Math.max(Math.abs(min), Math.abs(max)) > 1e12);
}

function remedy(origin: Told): string {
  if (origin.way === "computed" || origin.way === "differentiated") {
    const trap = trapOf(origin);
    return trap && !isWithin(trap, origin) ? trap.remedy : "";
  }
  if (origin.way === "given" && origin.owner?.kind === "data") return "Clean the data, or leave out what isn't finite (`x.isfinite()`).";
  if (origin.way === "updated" && origin.scalar === 0) return "Give the optimizer an `eps` above 0, such as 1e-8.";
  return "";
}

/** Whether the training itself went astray, as too large steps make it. */
function growth(origin: Origin, losses: readonly number[], rate: number | undefined): string {
  const known = losses.filter((loss) => Number.isFinite(loss));
  if (known.length < 2) return "";
  const least = known.reduce((low, loss) => Math.min(low, Math.abs(loss)), Infinity);
  const last = Math.abs(known.at(-1)!);
  const isGrown = last > 1e3 * Math.max(least, 1e-3) || (origin.way === "computed" && isOverflow(origin));
  if (!isGrown) return "";
  const from = known.findIndex((loss) => Math.abs(loss) === least);
  const rateWords = rate === undefined ? "the learning rate" : `the learning rate ${formatNumber(rate, 3)}`;
  return `The loss had grown from ${formatNumber(known[from])} to ${formatNumber(known.at(-1))}: ${rateWords} is likely too high. Try a tenth of it.`;
}
