/**
 * Arguments as they were given → the values of a signature's parameters. Each may stand in its place or by name in one
 * trailing object, in any mixture that Python would accept. What fits nowhere is an error that shows the right form.
 */
import { ArgumentError } from "../errors.ts";
import { absent } from "./absent.ts";
import { isOfKind, isPlainObject, kindsInWords, valueInWords } from "./kinds.ts";
import { nearestName } from "./nearest.ts";
import { signatureOf, type Parameter, type Signature } from "./signature.ts";

/** Why arguments don't fit a signature. The further the reading got, the more probably this form was meant. */
interface Misfit {
  readonly why: string;
  readonly progress: number;
}

type Bound = { readonly values: unknown[] } | Misfit;

/**
 * The values for the plain function, in its order; what is taken by name only in an object at the end.
 * @param texts a signature for each form; the first that fits is taken
 * @param given as the call gave them, up to the number of places; trailing `undefined` counts as not given, except one by one
 * @param count how many the call gave
 * @param receiver whether the first of `given` stands before the dot in the user's line
 * @throws ArgumentError (TypeError) that shows the form, where none fits
 */
export function bind(texts: readonly string[], given: readonly unknown[], count: number, receiver = false): unknown[] {
  const signatures = texts.map(signatureOf);
  if (count > given.length) throw tooMany(signatures, count, receiver);
  let nearest: { misfit: Misfit; signature: Signature } | null = null;
  for (const signature of signatures) {
    const bound = fit(signature, withoutMissing(signature, given.slice(0, count)), receiver);
    if ("values" in bound) return oneByOne(signature, bound.values);
    if (nearest === null || bound.progress > nearest.misfit.progress) nearest = { misfit: bound, signature };
  }
  throw refusal(nearest!, signatures, receiver);
}

/**
 * Without the `undefined` at the end, which wasn't given. Of what comes one by one it was meant to be something, though:
 * `zeros(2, columns)`.
 */
function withoutMissing({ positional }: Signature, given: readonly unknown[]): readonly unknown[] {
  const spread = positional.findIndex((parameter) => parameter.spread);
  if (spread !== -1 && given.length > spread + 1 && !Array.isArray(given[spread])) return given;
  let end = given.length;
  while (end > 0 && given[end - 1] === undefined) end--;
  return given.slice(0, end);
}

/** The rest of the arguments as the plain function takes them. */
function oneByOne({ positional }: Signature, values: unknown[]): unknown[] {
  return positional.at(-1)?.rest ? [...values.slice(0, positional.length - 1), ...((values[positional.length - 1] as unknown[] | undefined) ?? [])] : values;
}

function tooMany(signatures: readonly Signature[], count: number, receiver: boolean): ArgumentError {
  const signature = signatures.toSorted((a, b) => b.positional.length - a.positional.length)[0]!;
  return refusal({ misfit: { why: surplus(signature, count, receiver ? 1 : 0), progress: 0 }, signature }, signatures, receiver);
}

function refusal({ misfit, signature }: { misfit: Misfit; signature: Signature }, signatures: readonly Signature[], receiver: boolean): ArgumentError {
  const texts = [...new Set(signatures.map(({ text }) => (receiver ? text.replace(/\(\w+\??(, )?/, "(") : text)))];
  return new ArgumentError(
    `${signature.name}()${misfit.why.startsWith("argument") ? ":" : ""} ${misfit.why} (${texts.length === 1 ? "the form is" : "the forms are"} ${texts.join(" or ")})`,
    "TypeError",
  );
}

/**
 * A written-down object at the end holds arguments by name, unless its place takes objects, it doesn't look like names, and
 * everything else fits so.
 */
function fit(signature: Signature, given: readonly unknown[], receiver: boolean): Bound {
  const last = given.at(-1);
  if (!isPlainObject(last) || (receiver && given.length === 1)) return place(signature, given, null, receiver);
  const own = signature.positional[given.length - 1] ?? signature.positional.at(-1);
  const byName = place(signature, given.slice(0, -1), last, receiver);
  if (!own || (given.length > signature.positional.length && !own.spread) || !isOfKind(own.rest ? [last] : last, own.kinds)) return byName;
  // `{ dataset, batchSize }` names the place that it stands in, so that it isn't a dataset; the names in a record are anybody's.
  if (isNames(signature, last) || (own.name in last && ("values" in byName || !own.kinds.includes("record")))) return byName;
  const asValue = place(signature, given, null, receiver);
  return "values" in asValue || ("why" in byName && byName.progress < asValue.progress) ? asValue : byName;
}

/** Whether an object's keys are all names of arguments. */
function isNames({ positional, keywords }: Signature, object: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(object);
  return keys.length > 0 && keys.every((key) => positional.some(({ name }) => name === key) || keywords.some(({ name }) => name === key));
}

function place(signature: Signature, given: readonly unknown[], named: Readonly<Record<string, unknown>> | null, receiver: boolean): Bound {
  const { positional, keywords } = signature;
  const values = inPlaces(signature, given);
  if (values === null) return { why: surplus(signature, given.length, receiver ? 1 : 0), progress: -1 };
  const wrong = named && takeNames(signature, values, named);
  if (wrong) return wrong;
  const known = named === null ? 0 : Object.keys(named).length;
  for (let i = 0; i < positional.length; i++) {
    const wrongValue = check(positional[i]!, values, i, known + i);
    if (wrongValue) return wrongValue;
    if (typeof values[i] === "boolean" && positional[i]!.kinds.includes("Scalar")) values[i] = Number(values[i]);
  }
  if (keywords.length === 0) return { values };
  const options: Record<string, unknown> = {};
  for (const keyword of keywords) {
    const value = named?.[keyword.name];
    if (value === undefined && keyword.optional) continue;
    const wrongValue = check(keyword, named ?? {}, keyword.name, known + positional.length);
    if (wrongValue) return wrongValue;
    options[keyword.name] = value;
  }
  while (values.length < positional.length) values.push(undefined);
  values.push(options);
  return { values };
}

/** By position; `null` where there are more than places. A list in the last place may have been given one by one. */
function inPlaces({ positional }: Signature, given: readonly unknown[]): unknown[] | null {
  const at = positional.findIndex(({ spread }) => spread);
  if (at !== -1 && given.length > at && (positional[at]!.rest || !Array.isArray(given[at]))) return [...given.slice(0, at), given.slice(at)];
  return given.length > positional.length ? null : [...given];
}

function surplus({ positional, keywords }: Signature, count: number, before: number): string {
  const most = positional.length - before;
  const byName = keywords.length > 0 ? ` (${keywords.map(({ name }) => name).join(", ")} by name only)` : "";
  const given = count - before;
  return `takes ${positional.some(({ optional }) => optional) ? "at most " : ""}${most} positional argument${most === 1 ? "" : "s"}${byName} but ${given} ${given === 1 ? "was" : "were"} given`;
}

/** Names that PyTorch takes, after NumPy, for the same arguments. */
const ALIASES: Readonly<Record<string, string>> = {
  axis: "dim",
  keepdims: "keepdim",
  x: "input",
  a: "input",
  x1: "input",
  x2: "other",
  input: "A",
  A: "input",
};

/** Puts what is given by name into its place in `values`; gives back what is wrong about a name. */
function takeNames({ positional, keywords }: Signature, values: unknown[], named: Readonly<Record<string, unknown>>): Misfit | null {
  const indexOf = (name: string | undefined): number => positional.findIndex((parameter) => parameter.name === name);
  for (const [name, value] of Object.entries(named)) {
    const own = indexOf(name);
    if (own === -1 && keywords.some((keyword) => keyword.name === name)) continue;
    const index = own === -1 ? indexOf(ALIASES[name]) : own;
    if (index === -1) return unknownName(name, named, [...positional, ...keywords]);
    if (value === undefined) continue;
    if (values[index] !== undefined) return { why: `got multiple values for argument '${positional[index]!.name}', by position and by name`, progress: 0.8 };
    values[index] = value;
  }
  return null;
}

function unknownName(name: string, named: Readonly<Record<string, unknown>>, parameters: readonly Parameter[]): Misfit {
  const names = parameters.map((parameter) => parameter.name);
  const progress = Object.keys(named).filter((each) => names.includes(each)).length - 0.5;
  if (Object.hasOwn(absent, name)) return { why: `has no argument '${name}' here. ${absent[name]!}`, progress };
  const meant = nearestName(
    name,
    names.filter((each) => !Object.hasOwn(named, each)),
  );
  return {
    why: `got an unexpected keyword argument '${name}'${meant === null ? "" : `; did you mean '${meant}'?`}`,
    progress: meant === null ? progress : progress + 0.25,
  };
}

/** What is wrong about the value of one parameter, or `null`. */
function check(parameter: Parameter, values: object, key: number | string, progress: number): Misfit | null {
  const value = (values as Readonly<Record<string | number, unknown>>)[key];
  const { name, kinds, optional, rest } = parameter;
  // Of those that come one by one, the one that is wrong is told.
  if (rest && Array.isArray(value) && kinds[0]!.endsWith("[]")) {
    const elements = kinds.map((kind) => kind.slice(0, -2));
    const wrong = value.findIndex((each) => !isOfKind(each, elements));
    if (wrong !== -1)
      return { why: `argument '${name}' must be ${kindsInWords(elements)}, not ${valueInWords(value[wrong])}`, progress: progress + wrong + 0.9 };
  }
  if (value === undefined) return optional ? null : { why: `missing 1 required argument: '${name}'`, progress };
  if (isOfKind(value, kinds)) return null;
  const literals = kinds.filter((kind) => kind.startsWith('"')).map((kind) => JSON.parse(kind) as string);
  const meant = typeof value === "string" ? nearestName(value, literals) : null;
  const hint = meant === null ? "" : `; did you mean ${JSON.stringify(meant)}?`;
  return { why: `argument '${name}' must be ${kindsInWords(kinds)}, not ${valueInWords(value)}${hint}`, progress: progress + 0.9 };
}
