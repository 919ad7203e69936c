/** Shapes that don't go together: which they are, where each comes from, and what mends it for certain. */
import { ShapeError, type KindlingError } from "../engine/errors.ts";
import type { AnyModule } from "../engine/nn/module.ts";
import type { Tensor } from "../engine/tensor.ts";
import { tensorsOf } from "../observe/program/tensorsOf.ts";
import type { ModelRegistry } from "../observe/models/modelRegistry.ts";
import type { FailedCall, OpenCalls } from "../observe/values/openCalls.ts";
import type { ValuePlace } from "../observe/values/valuePlace.ts";
import type { LastValue, ValueWatch } from "../observe/values/valueWatch.ts";
import type { Fix, Problem, RelatedPlace, SourcePosition } from "../protocol/index.ts";
import type { CallSite, Operand } from "./declarations.ts";
import { wrongSize, type WrongSize } from "./moduleSizes.ts";

/** What is known of the run that an error ended. */
export interface ShapeFacts {
  readonly sites: readonly CallSite[];
  readonly calls: OpenCalls;
  readonly registry: ModelRegistry;
  /** Only where the program told its values. */
  readonly values: ValueWatch | undefined;
}

/** The same problem with all that can be said of the shapes in it; of any other it says where the expression ends. */
export function withShapes(problem: Problem, error: KindlingError, facts: ShapeFacts): Problem {
  const site = siteAt(problem.position, facts);
  const located = site ? { ...problem, end: site.end } : problem;
  const failed = facts.calls.failed(error);
  const wrong = failed && wrongSize(failed.module, failed.inputs);
  if (failed && wrong) return ofModule(located, failed, wrong, site, facts);
  return isOfShapes(error) && site ? ofOperands(located, site, failed, facts) : located;
}

/** Sizes in a file that was loaded come from no line. */
function isOfShapes(error: KindlingError): boolean {
  if (error.message.startsWith("Error(s) in loading")) return false;
  return error instanceof ShapeError || /\b(?:sizes?|shapes?|dimensions?|batch_size)\b/i.test(error.message);
}

function ofModule(problem: Problem, failed: FailedCall, wrong: WrongSize, site: CallSite | undefined, facts: ShapeFacts): Problem {
  const { module } = failed;
  const madeAt = siteAt(facts.registry.constructedAt(module), facts);
  const name = nameOf(problem, module, site);
  const operand = site?.operands.find((one) => one.from !== undefined || facts.values?.lastAt(one.position));
  const isDirect = failed.within.length === 0 || site?.operands.length === 1;
  const input = isDirect && operand && isName(operand.text) && isSameShape(operand, wrong.input, facts) ? `\`${operand.text}\`` : "the input";
  const [fix] = madeAt && wrong.isPlain && !facts.registry.hasWorked(module) ? fixes(wrong, madeAt) : [];
  const isIndex = wrong.parameter === "numEmbeddings";
  const given = isIndex ? `${input} has the index ${wrong.needs[0]! - 1}` : `${input} is ${shapeText(wrong.input.shape)}`;
  const remedy = fix ? `: make its ${wrong.parameter} ${sizeText(wrong.needs)}, or change what goes into it.` : ".";
  const made = madeAt && {
    message: `${capital(name)} was made here with ${wrong.parameter} ${sizeText(wrong.has)}`,
    position: madeAt.position,
    end: madeAt.end,
  };
  return {
    ...problem,
    code: isIndex ? problem.code : "shape",
    message: `${ended(problem.message)} ${capital(given)}, but ${name} takes ${wrong.takes}${remedy}`,
    ...related(problem, [originOfInput(wrong.input, operand, site, facts), made]),
    ...(fix && { fixes: [fix] }),
  };
}

/** `fc1`, of a list `layer 2 (Linear)`, or what is called where it stands alone. */
function nameOf({ module: path = "" }: Problem, module: AnyModule, site: CallSite | undefined): string {
  const [, inModel] = /^(\S+) \(/.exec(path) ?? [];
  if (inModel !== undefined && /(?:^|\.)\d+$/.test(inModel)) return `layer ${path.split(" of ")[0]!}`;
  const name = inModel ?? (site && isName(site.callee) ? site.callee : undefined);
  return name === undefined ? `the ${module.constructor.name}` : `\`${name}\``;
}

function fixes({ parameter, place, has, needs }: WrongSize, { callee, operands }: CallSite): Fix[] {
  const operand = operands.find((one) => one.parameter === parameter) ?? operands.find((one) => one.parameter === place);
  const written = operand?.constant;
  if (!operand || written === undefined || sizeText([written].flat()) !== sizeText(has)) return [];
  const text = typeof written === "number" ? String(needs[0]) : `[${needs.join(", ")}]`;
  const isFirst = operand.parameter === 0;
  const title = isFirst ? `Make it \`${callee}(${text}${operands.length > 1 ? ", …" : ""})\`` : `Make ${parameter} ${text} in \`${callee}(…)\``;
  return [{ title, edits: [{ position: operand.position, end: operand.end, text }] }];
}

/** Of a call of a function, a method or a user's own module: each tensor that it is given. */
function ofOperands(problem: Problem, site: CallSite, failed: FailedCall | undefined, facts: ShapeFacts): Problem {
  const operands = [...(site.receiver ? [site.receiver] : []), ...site.operands].map((operand) => ({ operand, last: lastOf(operand, facts) }));
  const known = operands.filter((one): one is { operand: Operand; last: LastValue } => one.last !== undefined);
  const places = facts.values
    ? known.map(({ operand, last }) => cameFrom(last.origin, last.shape, operand, site, problem))
    : operands.map(({ operand }) => writtenAt(operand, undefined));
  const named = known.filter(({ operand }) => isName(operand.text));
  const told = named.map(({ operand, last }) => `\`${operand.text}\` is ${shapeText(last.shape)}`);
  const inside = failed ? [originOfInput(tensorsOf(failed.inputs)[0], undefined, site, facts)] : [];
  return {
    ...problem,
    message: told.length > 0 && told.length === known.length && !failed ? `${ended(problem.message)} ${told.join(", ")}.` : problem.message,
    ...related(problem, failed && places.every((place) => !place) ? inside : places),
  };
}

/** The latest value of what stands there, or of the name that stands there. */
function lastOf(operand: Operand, { values }: ShapeFacts): LastValue | undefined {
  if (!values) return undefined;
  const own = values.lastAt(operand.position);
  if (own) return own;
  const bound = (operand.from ?? []).flatMap(({ position }) => values.lastAt(position) ?? []);
  return bound.reduce<LastValue | undefined>((latest, one) => (latest && latest.order > one.order ? latest : one), undefined);
}

function isSameShape(operand: Operand, input: Tensor, facts: ShapeFacts): boolean {
  const last = lastOf(operand, facts);
  return last ? shapeText(last.shape) === shapeText(input.shape) : facts.values === undefined;
}

function originOfInput(input: Tensor | undefined, operand: Operand | undefined, site: CallSite | undefined, facts: ShapeFacts): RelatedPlace | undefined {
  if (!input) return undefined;
  const origin = facts.values?.originOf(input);
  if (origin && !(site && isWithin(origin.position, site))) return cameFrom(origin, input.shape, operand, site, undefined);
  const maker = facts.values?.makerOf(input);
  const made = maker && siteAt(facts.registry.constructedAt(maker), facts);
  if (made) return { message: `${shapeText(input.shape)} comes from the ${maker.constructor.name} made here`, position: made.position, end: made.end };
  return operand && writtenAt(operand, input.shape);
}

function cameFrom(
  origin: ValuePlace,
  shape: readonly number[],
  operand: Operand | undefined,
  site: CallSite | undefined,
  problem: Problem | undefined,
): RelatedPlace | undefined {
  if (site && problem && isWithin(origin.position, site)) return operand && writtenAt(operand, shape);
  const name = isName(origin.text) ? `\`${origin.text}\` ` : "";
  return { message: `${name}${shapeText(shape)} comes from here`, position: origin.position, end: origin.end };
}

/** Where a name was given its value, as far as the text tells. */
function writtenAt({ text, from }: Operand, shape: readonly number[] | undefined): RelatedPlace | undefined {
  const last = from?.at(-1);
  return last && { message: `\`${text}\` ${shape ? `${shapeText(shape)} ` : ""}comes from here`, position: last.position, end: last.end };
}

function related(problem: Problem, places: readonly (RelatedPlace | undefined)[]): Pick<Problem, "related"> {
  const known = places.filter((place) => place !== undefined);
  const distinct = known.filter((place, i) => known.findIndex(({ position }) => keyOf(position) === keyOf(place.position)) === i);
  const all = [...(problem.related ?? []), ...distinct];
  return all.length > 0 ? { related: all } : {};
}

function siteAt(position: SourcePosition | undefined, { sites }: ShapeFacts): CallSite | undefined {
  return position && sites.find((site) => keyOf(site.position) === keyOf(position));
}

function isWithin({ file, line, column }: SourcePosition, { position, end }: CallSite): boolean {
  if (file !== position.file) return false;
  const begins = line > position.line || (line === position.line && column >= position.column);
  return begins && (line < end.line || (line === end.line && column < end.column));
}

const isName = (text: string): boolean => /^[\p{ID_Start}$_#][\p{ID_Continue}$.#]*$/u.test(text);
const keyOf = ({ file, line, column }: SourcePosition): string => `${line}:${column}:${file}`;
const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
const sizeText = (sizes: readonly number[]): string => (sizes.length === 1 ? String(sizes[0]) : shapeText(sizes));
const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);
const ended = (message: string): string => (message.endsWith(".") ? message : `${message}.`);
