/** The forms in which PyTorch takes arguments, with Kindling's names; signatures.py writes signatures.json. */
import { readFileSync } from "node:fs";
import { elsewhere } from "../../scripts/coverage/declined.ts";
import { camel } from "../parity/calls.ts";

export interface Argument {
  /** As Kindling spells it: `keepdim`, `startDim`, `tMax`. */
  readonly name: string;
  /** Python's `positional` may also be given by name; `variadic` is `*sizes`, `named` is `**options`. */
  readonly kind: "positional" | "keyword" | "variadic" | "named";
  /** In the words of PyTorch's schemas: `int[1]` is a number or a list of them, `?` takes null, `|` is either. */
  readonly type: string;
  readonly optional: boolean;
  /** Undefined where there is none; `{ python }` for what JSON can't say. */
  readonly default?: unknown;
  /** Other names that PyTorch reads for the same. */
  readonly also?: readonly string[];
  /** What to do instead, where the argument has no meaning here. */
  readonly absent?: string;
}

/** One overload. */
export type Form = readonly Argument[];

export interface Signature {
  /** `torch.nn.functional.max_pool2d`, `torch.optim.SGD.step`, `Tensor.index_add_`. */
  readonly pytorch: string;
  /** As an `@api` tag has it: `nn.functional.maxPool2d`, `optim.SGD.step`, `Tensor.indexAdd_`, `torch.roll`. */
  readonly kindling: string;
  readonly forms: readonly Form[];
}

type RawArgument = Omit<Argument, "optional" | "absent"> & { readonly optional?: true; readonly absent?: true };

interface Table {
  readonly absent: Readonly<Record<string, string>>;
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly attributes: readonly string[];
  readonly forms: Readonly<Record<string, readonly (readonly RawArgument[])[]>>;
}

const table = JSON.parse(readFileSync(new URL("signatures.json", import.meta.url), "utf8")) as Table;

/** By PyTorch's name. */
export const signatures: ReadonlyMap<string, Signature> = new Map(
  Object.entries(table.forms).map(([pytorch, forms]) => [
    pytorch,
    { pytorch, kindling: kindlingName(pytorch), forms: forms.map((form) => form.map(argument)) },
  ]),
);

/** Public names that are read, not called: `Tensor.shape`. */
export const attributes: readonly string[] = table.attributes;

/** Names that PyTorch takes, after NumPy, for arguments of these names: `axis` for `dim`. */
export const aliases: Readonly<Record<string, readonly string[]>> = table.aliases;

function argument({ optional, absent, name, also, ...rest }: RawArgument): Argument {
  return {
    name: argumentName(name),
    ...rest,
    optional: optional ?? false,
    ...(also && { also: also.map(argumentName) }),
    ...(absent && { absent: table.absent[name]! }),
  };
}

/** `_random_samples` → `_randomSamples`, `T_max` → `tMax`. */
function argumentName(name: string): string {
  if (name.startsWith("_")) return `_${camel(name.slice(1))}`;
  return /^[A-Z]_/.test(name) ? camel(name[0]!.toLowerCase() + name.slice(1)) : camel(name);
}

/** Where Kindling has what PyTorch has at `path`, whether it is there or not. */
export function kindlingName(path: string): string {
  const own = elsewhere[path];
  if (own !== undefined) return `Tensor.${own}`;
  return path
    .split(".")
    .map(camel)
    .join(".")
    .replace(/^torch\.(nn|optim|autograd)\b/, "$1")
    .replace(/^torch\.utils\.data\b/, "data");
}
