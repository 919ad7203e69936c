/** One call of PyTorch's, in all the forms in which Python would accept it. */
import type { Case } from "../parity/cases.ts";
import { camel } from "../parity/calls.ts";
import { signatures, type Argument, type Form } from "./signatures.ts";

type Arguments = Pick<Case, "args" | "options">;

export interface Variant extends Arguments {
  readonly form: "by position" | "by name" | "mixed";
}

/** A call that has to be refused, and what the error says. */
export interface WrongCall extends Arguments {
  readonly form: string;
  readonly message: RegExp;
}

interface Given {
  readonly argument: Argument;
  readonly value: unknown;
}

interface Bound {
  /** Before the dot. */
  readonly receiver: readonly unknown[];
  readonly given: readonly Given[];
  readonly form: Form;
}

/** PyTorch's full name of what a case calls: `F.conv2d` is `torch.nn.functional.conv2d`. */
export function pytorchName({ target }: Case): string {
  const full = target.replace(/^F\./, "torch.nn.functional.").replace(/^nn\./, "torch.nn.");
  return full.startsWith("Tensor.") || full.startsWith("torch.") ? full : `torch.${full}`;
}

/** Which of its arguments a case gives; `null` where no form of PyTorch's takes them, or where nothing tells. */
export function boundArguments(each: Case): Bound | null {
  const signature = signatures.get(pytorchName(each));
  if (signature === undefined || each.js !== undefined) return null;
  const isMethod = each.target.startsWith("Tensor.");
  const receiver = isMethod ? each.args.slice(0, 1) : [];
  const args = isMethod ? each.args.slice(1) : each.args;
  for (const form of signature.forms) {
    const given = bind(form, args, each.options);
    if (given !== null) return { receiver, given, form };
  }
  return null;
}

function bind(form: Form, args: readonly unknown[], options: Case["options"]): Given[] | null {
  const places = form.filter(({ kind }) => kind === "positional");
  if (form.length !== places.length + form.filter(({ kind }) => kind === "keyword").length || args.length > places.length) return null;
  const given: Given[] = args.map((value, i) => ({ argument: places[i]!, value }));
  if (given.some(({ argument, value }) => !mayBe(argument, value))) return null;
  for (const [name, value] of Object.entries(options)) {
    const argument = form.find((each) => each.name === camel(name));
    if (argument === undefined || given.some((each) => each.argument === argument)) return null;
    given.push({ argument, value });
  }
  return places.every((place) => place.optional || given.some(({ argument }) => argument === place)) ? given : null;
}

/** Tells overloads apart that differ in the kind of an argument only. */
function mayBe({ type }: Argument, value: unknown): boolean {
  const isTensor = typeof value === "object" && value !== null && "tensor" in value;
  if (isTensor) return /Tensor(?!\[)|any|Union|^$/.test(type);
  if (Array.isArray(value)) return /\[|any|Union|list|tuple|Sequence|Iterable/i.test(type);
  if (typeof value === "boolean") return /bool|Scalar|any|int/.test(type);
  if (typeof value === "number") return /(int|float)(?!\[\])|Scalar|any|Union/.test(type);
  if (typeof value === "string") return /str|dtype|any|Union|float|Scalar/.test(type);
  if (value === null) return /\?|None|any/.test(type);
  return true;
}

const isPresent = ({ argument }: Given): boolean => argument.absent === undefined;

/** The same call by position, by name, and mixed; as often as the forms differ. */
export function variantsOf({ receiver, given, form }: Bound): Variant[] {
  if (!given.every(isPresent)) return [];
  const places = form.filter(({ kind }) => kind === "positional");
  const most = countInPlace(places, given);
  const half = Math.min(most, Math.ceil(most / 2));
  const at = (count: number, name: Variant["form"]): Variant => ({
    form: name,
    args: [...receiver, ...places.slice(0, count).map((place) => valueOf(place, given))],
    options: Object.fromEntries(
      given.filter(({ argument }) => !places.slice(0, count).includes(argument)).map(({ argument, value }) => [argument.name, value]),
    ),
  });
  return [at(most, "by position"), at(0, "by name"), at(half, "mixed")];
}

/** How many of the places can be filled one after the other: a gap is filled with its default where JSON can say it. */
function countInPlace(places: readonly Argument[], given: readonly Given[]): number {
  const last = places.findLastIndex((place) => given.some(({ argument }) => argument === place));
  const gap = places
    .slice(0, last + 1)
    .findIndex((place) => !given.some(({ argument }) => argument === place) && (place.absent !== undefined || !isPlain(place.default)));
  return gap === -1 ? last + 1 : gap;
}

const isPlain = (value: unknown): boolean => value !== undefined && (value === null || typeof value !== "object");

function valueOf(place: Argument, given: readonly Given[]): unknown {
  const found = given.find(({ argument }) => argument === place);
  return found === undefined ? place.default : found.value;
}

/** Calls with an argument that nobody has, with a slip in a name, with a name twice, with one too many, and with one missing. */
export function wrongCallsOf({ receiver, given, form }: Bound, allForms: readonly Form[]): WrongCall[] {
  if (!given.every(isPresent)) return [];
  const byName = Object.fromEntries(given.map(({ argument, value }) => [argument.name, value]));
  const wrong: WrongCall[] = [{ form: "with a name that nobody has", args: receiver, options: { ...byName, bogusArgument: 1 }, message: /'bogusArgument'/ }];
  const slipped = given.find(({ argument }) => argument.name.length > 3);
  if (slipped) {
    const { [slipped.argument.name]: value, ...rest } = byName;
    const slip = `${slipped.argument.name.slice(0, -1)}_`;
    wrong.push({
      form: "with a slip in a name",
      args: receiver,
      options: { ...rest, [slip]: value },
      message: allForms.length === 1 ? new RegExp(`'${slip}'.*did you mean|missing|must be`) : new RegExp(`'${slip}'|missing|must be`),
    });
  }
  const needed = given.find(({ argument }) => !argument.optional);
  if (needed && allForms.length === 1) {
    const { [needed.argument.name]: _, ...rest } = byName;
    wrong.push({ form: "without an argument that it needs", args: receiver, options: rest, message: /missing|unexpected keyword/ });
  }
  const most = Math.max(...allForms.map((each) => each.filter(({ kind }) => kind === "positional").length));
  const mayGrow = allForms.some((each) => each.some(({ kind, type }) => kind === "variadic" || /\[\]/.test(type)));
  const filled = form
    .filter(({ kind }) => kind === "positional")
    .slice(
      0,
      countInPlace(
        form.filter(({ kind }) => kind === "positional"),
        given,
      ),
    );
  if (!mayGrow) {
    const args = [...receiver, ...filled.map((place) => valueOf(place, given))];
    while (args.length < receiver.length + most + 3) args.push(1);
    wrong.push({ form: "with too many", args, options: {}, message: /positional argument|must be|takes/ });
  }
  return wrong;
}
