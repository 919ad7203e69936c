/** Python's names → the API's. */
import { apiMembers, apiNames } from "./apiNames.ts";
import { kindlingsOwn } from "./kindlingsOwn.ts";

/** `zero_grad` → `zeroGrad`; a class's name and a trailing `_` stay, and so does what begins with `_`. */
export function camelCase(name: string): string {
  if (/^[A-Z_]/.test(name)) return name;
  return name.replaceAll(/_+([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}

/** An argument's name: `batch_first` → `batchFirst`, `T_max` → `tMax`. */
export function argumentName(name: string): string {
  return camelCase(name.replace(/^[A-Z](?=_)/, (letter) => letter.toLowerCase()));
}

/** The Python modules whose names are the API's, and where those stand; the longest that fits decides. */
const spaces: readonly (readonly [python: string, kindling: string])[] = [
  ["torch.nn.functional", "nn.functional"],
  ["torch.nn.init", "nn.init"],
  ["torch.nn.utils.rnn", "nn.utils.rnn"],
  ["torch.nn.utils.parametrizations", "nn.utils.parametrizations"],
  ["torch.nn.utils.parametrize", "nn.utils.parametrize"],
  ["torch.nn.utils.prune", "nn.utils.prune"],
  ["torch.nn.utils.stateless", "nn.utils.stateless"],
  ["torch.nn.utils", "nn.utils"],
  ["torch.nn.parameter", "nn"],
  ["torch.nn.modules", "nn"],
  ["torch.nn", "nn"],
  ["torch.optim.lr_scheduler", "optim.lrScheduler"],
  ["torch.optim.swa_utils", "optim.swaUtils"],
  ["torch.optim", "optim"],
  ["torch.utils.data", "data"],
  ["torch.autograd.functional", "autograd.functional"],
  ["torch.autograd", "autograd"],
  ["torch.distributions", "distributions"],
  ["torch.linalg", "linalg"],
  ["torch.cuda", "cuda"],
  ["torch.random", ""],
  ["torch.special", ""],
  ["torch", ""],
];

const renamed: Readonly<Record<string, string>> = {
  ...kindlingsOwn,
  "torch.autograd.function.Function": "autograd.Function",
  "torch.distributions.kl_divergence": "distributions.klDivergence",
  "torch.distributions.kl.kl_divergence": "distributions.klDivergence",
  "torch.nn.functional.tanh": "tanh",
  "torch.optim.lr_scheduler._LRScheduler": "optim.lrScheduler.LRScheduler",
  // Matrices are dense here.
  "torch.spmm": "mm",
  "torch.sparse.mm": "mm",
  "torch.FloatTensor": "tensor",
  "torch.LongTensor": "tensor",
  "torch.IntTensor": "tensor",
  "torch.ByteTensor": "tensor",
  "torch.BoolTensor": "tensor",
  "torch.DoubleTensor": "tensor",
  "torch.HalfTensor": "tensor",
  "torch.half": "float32",
  "torch.float16": "float32",
  "torch.bfloat16": "float32",
  "torch.int8": "int32",
  "torch.short": "int32",
  "torch.int16": "int32",
  "copy.deepcopy": "deepcopy",
  "copy.copy": "deepcopy",
};

/** The API's path of a Python name, if the API has it: `torch.nn.functional.relu` → `nn.functional.relu`. */
export function kindlingPath(path: string): string | undefined {
  // PyTorch's own files say in which of its files a class stands.
  const python = path.replace(
    /^(torch\.nn\.modules|torch\.distributions|torch\.utils\.data|torch\.optim(?!\.lr_scheduler|\.swa_utils))\.[a-z_]+\.(?=[A-Z]\w*$)/,
    "$1.",
  );
  if (renamed[python]) return renamed[python];
  for (const [module, space] of spaces) {
    if (python === module) return space;
    if (!python.startsWith(`${module}.`)) continue;
    const rest = python.slice(module.length + 1);
    if (rest.includes(".")) continue;
    const name = camelCase(rest);
    if (apiNames[space]?.has(name)) return space === "" ? name : `${space}.${name}`;
  }
  return undefined;
}

/** A member of an object of the API, or of one of which nothing is known. */
export function memberName(name: string): string {
  const camel = camelCase(name);
  return camel !== name && apiMembers.has(camel) ? camel : name;
}

/** TypeScript's own words, and the globals that the translation itself uses. */
const reserved = new Set(
  (
    "arguments await case catch const debugger default delete do enum eval export extends false function implements instanceof interface let new null package private " +
    "protected public static super switch this throw true typeof undefined var void Array Map Math Number Object Set String Boolean Error JSON console process " +
    "Date Infinity NaN Symbol Promise"
  ).split(" "),
);

/** The writer's name, unless TypeScript keeps it for itself. */
export function ownName(name: string): string {
  return reserved.has(name) ? `${name}_` : name;
}
