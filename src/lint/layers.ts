/** What the text tells of layers: whether they learn, and whether training and evaluation differ for them. */
import type { Instance, Program } from "./program.ts";
import { isIn, type ClassNode, type Node } from "./tree.ts";

const learning =
  /^nn\.(?:Lazy)?(?:Linear|NonDynamicallyQuantizableLinear|Bilinear|Conv(?:Transpose)?[123]d|BatchNorm[123]d|InstanceNorm[123]d|LayerNorm|GroupNorm|RMSNorm|Embedding(?:Bag)?|(?:RNN|LSTM|GRU)(?:Cell)?|MultiheadAttention|Transformer\w*|PReLU|AdaptiveLogSoftmaxWithLoss)$/;
const differing = /^nn\.(?:Lazy)?(?:BatchNorm[123]d|(?:Alpha|FeatureAlpha)?Dropout[123]?d?|RReLU|Transformer(?:En|De)coderLayer|Transformer)$/;
const containing = /^nn\.(?:Sequential|ModuleList|ModuleDict)$/;

/** Whether a module has parameters, or other things that a model has to know of: dropout has to hear of `eval()`. */
export function matters(program: Program, made: Instance): boolean {
  return holds(program, made, (api) => learning.test(api) || differing.test(api), true);
}

/** Whether a module has parameters. */
export function learns(program: Program, made: Instance): boolean {
  return holds(program, made, (api) => learning.test(api), true);
}

/** Whether a module computes something else in training than in evaluation. */
export function differs(program: Program, made: Instance): boolean {
  return holds(program, made, (api) => differing.test(api), false);
}

function holds(program: Program, { api, owner, creation }: Instance, accept: (api: string) => boolean, countsParameters: boolean): boolean {
  if (owner) return classHolds(program, owner, accept, countsParameters, new Set());
  if (api === undefined) return false;
  return accept(api) || (containing.test(api) && regionHolds(program, creation, accept, countsParameters, new Set()));
}

function classHolds(program: Program, owner: ClassNode, accept: (api: string) => boolean, countsParameters: boolean, seen: Set<ClassNode>): boolean {
  if (seen.has(owner)) return false;
  seen.add(owner);
  const base = owner.superClass && program.classOf(owner.superClass);
  return (base ? classHolds(program, base, accept, countsParameters, seen) : false) || regionHolds(program, owner, accept, countsParameters, seen);
}

/** Modules that are made inside a piece of the text, by `new` or by functions of this file that are called there. */
function regionHolds(program: Program, region: Node, accept: (api: string) => boolean, countsParameters: boolean, seen: Set<ClassNode>): boolean {
  const isOne = ({ callee }: { readonly callee: Node }): boolean => {
    const own = program.classOf(callee);
    if (own) return program.isModule(own) && classHolds(program, own, accept, countsParameters, seen);
    const api = program.apiOf(callee);
    return api !== undefined && (accept(api) || (countsParameters && api === "nn.Parameter"));
  };
  if (program.creationsIn(region).some(isOne)) return true;
  return program.callsIn(region).some((call) => {
    const made = call.callee.type === "Identifier" ? program.moduleOf(call) : undefined;
    return made !== undefined && !isIn(made.creation, region) && regionHolds(program, made.creation, accept, countsParameters, seen);
  });
}
