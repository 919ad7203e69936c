/** Kindling's names in Python: where they are, what they give. */
import type { Context } from "./context.ts";
import { snake } from "./python.ts";
import { boolean, bools, either, floats, functionOf, ints, list, none, number, paramGroup, string, tensor, tuple, unknown, whole, type Type } from "./types.ts";

/** Names of Kindling's own, or that PyTorch has in another form, and what to do in their place. */
const withoutTwin: Readonly<Record<string, string>> = {
  "memoryReport": "leave it out",
  "loadMetadata": "PyTorch's files have no such metadata; leave it out",
  "data.readIdx": "read the file with torchvision.datasets.MNIST",
  "data.readImage": "read it with torchvision.io.read_image",
  "data.ImageFolder": "use torchvision.datasets.ImageFolder",
  "data.parseCsv": "write the text to a file and use data.readCsv",
  "data.CsvTable": "use data.readCsv",
  "getNumThreads": "",
  "setNumThreads": "",
};

/** Why something of Kindling's has no twin; `undefined` where it has one. */
export const noTwinOf = (path: string): string | undefined => (["getNumThreads", "setNumThreads"].includes(path) ? undefined : withoutTwin[path]);

/** How Python names what Kindling has at `path`; the imports that it needs are taken care of. */
export function pythonPath(context: Context, path: string): string {
  const [head = "", ...rest] = path.split(".");
  const inner = rest.map(snake);
  const last = inner.at(-1)!;
  switch (head) {
    case "nn":
      if (rest[0] === "functional") {
        context.use("import torch.nn.functional as F");
        return ["F", ...inner.slice(1)].join(".");
      }
      if (rest[1] === "prune") context.use("import torch.nn.utils.prune");
      return [context.useFrom("torch", "nn"), ...inner].join(".");
    case "optim":
      return [context.useFrom("torch", "optim"), ...inner].join(".");
    case "data":
      if (rest.length !== 1) return ["torch.utils.data", ...inner].join(".");
      return last === "default_collate" || last === "default_convert" ? context.useFrom("torch.utils.data", last) : context.useFrom("torch.utils.data", last);
    case "deepcopy":
      context.use("import copy");
      return "copy.deepcopy";
    case "KindlingError":
    case "ShapeError":
    case "OutOfMemoryError":
      return "RuntimeError";
    case "ArgumentError":
      return "ValueError";
    case "IndexError":
      return "IndexError";
    case "numpyRandom":
    case "NumpyRandom":
      context.use("import numpy as np");
      return "np.random.RandomState";
    default:
      context.use("import torch");
      return ["torch", snake(head), ...inner].filter(Boolean).join(".");
  }
}

/** The number of arguments that PyTorch gives to a function that it is handed. */
export const callbackArity: Readonly<Record<string, number>> = {
  registerForwardHook: 3,
  registerForwardPreHook: 2,
  registerFullBackwardHook: 3,
  registerFullBackwardPreHook: 2,
  registerHook: 1,
  registerPostAccumulateGradHook: 1,
  apply: 1,
  LambdaLR: 1,
  MultiplicativeLR: 1,
};

/** Makers of tensors that take a shape, as a list or number by number. */
export const takesShape = new Set(
  "zeros ones full empty randn rand randint view reshape expand permute repeat unflatten broadcastTo tile flip roll".split(" "),
);

/** Where float32 numbers may stand for whole ones, and PyTorch wants integers: the places of such arguments. */
export const indexPlaces: Readonly<Record<string, readonly number[]>> = {
  "nn.functional.crossEntropy": [1],
  "nn.functional.nllLoss": [1],
  "nn.functional.embedding": [0],
  "nn.functional.oneHot": [0],
  indexSelect: [1],
  gather: [1],
  scatter: [1],
  scatter_: [1],
  scatterAdd: [1],
  scatterAdd_: [1],
};

/** Modules whose call takes class indices or codes. */
export const indexModules: Readonly<Record<string, readonly number[]>> = { "nn.CrossEntropyLoss": [1], "nn.NLLLoss": [1], "nn.Embedding": [0] };

/** Methods of modules and of Kindling's other objects that give an iterator in Python. */
const iterators: Readonly<Record<string, Type>> = {
  parameters: tensor,
  buffers: tensor,
  namedParameters: tuple(string, tensor),
  namedBuffers: tuple(string, tensor),
  children: { kind: "instance", path: "nn.Module" },
  modules: { kind: "instance", path: "nn.Module" },
  namedChildren: tuple(string, { kind: "instance", path: "nn.Module" }),
  namedModules: tuple(string, { kind: "instance", path: "nn.Module" }),
};

const dtypes = new Set(["float32", "float", "float64", "double", "float16", "half", "bfloat16", "int32", "int", "int64", "long", "uint8", "bool"]);
export const isDtype = (name: string): boolean => dtypes.has(name);

/** The one integer type of Kindling's is PyTorch's usual one. */
export const dtypeName = (name: string): string =>
  name === "int32" || name === "int" || name === "long"
    ? "torch.int64"
    : name === "double" || name === "float64" || name === "float"
      ? "torch.float32"
      : `torch.${name}`;

const dtypeOf = (name: string | undefined): Type => (name === undefined ? tensor : /int|long/.test(name) ? ints : name === "bool" ? bools : floats);

const comparisons = new Set(
  "eq ne lt le gt ge isnan isinf isfinite logicalAnd logicalOr logicalXor logicalNot isclose isin less greater notEqual lessEqual greaterEqual".split(" "),
);
const integral = new Set(
  "argmax argmin argsort nonzero argwhere bincount long int multinomial searchsorted bucketize randint randperm countNonzero".split(" "),
);
const fractional = new Set(
  "float mean std var softmax logSoftmax sigmoid tanh exp log sqrt rand randn linspace normal bernoulli eye zeros ones div norm".split(" "),
);
/** What only moves or picks elements, or keeps whole numbers whole. */
const keeps = new Set(
  "at select narrow slice index indexSelect view reshape flatten unflatten squeeze unsqueeze permute transpose t expand contiguous clone detach repeat flip roll cat stack gather sum prod max min abs neg clamp cumsum maskedSelect split chunk unbind".split(
    " ",
  ),
);
const pairs = new Set("sort topk kthvalue mode cummax cummin".split(" "));
const lists = new Set("split chunk unbind tensorSplit hsplit vsplit dsplit splitWithSizes meshgrid broadcastTensors".split(" "));

/** What a tensor's method, or the function of the same name, gives. */
export function tensorResult(name: string, receiver: Type, argumentCount: number, dtype?: string): Type {
  const own: Type = receiver.kind === "tensor" ? receiver : tensor;
  if (comparisons.has(name)) return bools;
  if (integral.has(name)) return ints;
  switch (name) {
    case "item":
      return own.kind === "tensor" && own.dtype !== undefined ? (own.dtype === "bool" ? boolean : { kind: "number", whole: own.dtype === "int" }) : number;
    case "tolist":
      return list(own.kind === "tensor" && own.dtype !== undefined ? { kind: "unknown" } : unknown);
    case "dim":
    case "numel":
    case "nelement":
      return whole;
    case "size":
      return argumentCount === 0 ? list(whole) : whole;
    case "stride":
      return list(whole);
    case "equal":
    case "allclose":
    case "isContiguous":
    case "isFloatingPoint":
      return boolean;
    case "backward":
    case "retainGrad":
      return none;
    case "registerHook":
      return { kind: "instance", path: "Handle" };
    case "max":
    case "min":
    case "median":
      return argumentCount > 0 ? tuple(own, ints) : own;
    case "sum":
    case "prod":
      return own.kind === "tensor" && own.dtype === "bool" ? ints : own;
    case "to":
    case "type":
      return dtypeOf(dtype);
    case "bool":
    case "any":
    case "all":
      return bools;
  }
  if (dtype !== undefined) return dtypeOf(dtype);
  if (pairs.has(name)) return tuple(own, ints);
  if (lists.has(name)) return list(own);
  if (fractional.has(name)) return floats;
  return keeps.has(name) ? own : tensor;
}

/** What a call of something of Kindling's gives, tensors aside. */
export function apiResult(path: string, types: readonly Type[], dtype: string | undefined): Type {
  const [head = ""] = path.split(".");
  const last = path.split(".").at(-1)!;
  if (path === "numpyRandom") return { kind: "instance", path: "NumpyRandom" };
  if (path === "deepcopy") return types[0] ?? unknown;
  if (path === "load") return { kind: "map", key: string, value: unknown };
  if (path === "save" || path === "log" || path === "manualSeed" || last === "setPrintoptions") return none;
  if (path === "data.readCsv") return { kind: "instance", path: "data.CsvTable" };
  if (path === "data.randomSplit") return list({ kind: "instance", path: "data.Subset", of: itemOf(types[0]) });
  if (/^is[A-Z]/.test(last) && head === last) return boolean;
  if (path === "autograd.grad") return list(tensor);
  if (last === "tensor" || last === "asTensor" || last === "scalarTensor") return dtype === undefined ? floats : dtypeOf(dtype);
  if (path === "arange") return dtype === undefined && types.every((type) => type.kind === "number" && type.whole) ? ints : dtypeOf(dtype);
  if (path.startsWith("nn.init.") || path.startsWith("nn.functional.") || path.startsWith("linalg.")) {
    if (last === "multiHeadAttentionForward") return tuple(tensor, tensor);
    return path === "nn.functional.oneHot"
      ? ints
      : path.startsWith("linalg.") && /^(svd|qr|eigh|slogdet|lstsq)$/.test(last)
        ? unknown
        : tensorResult(last, tensor, types.length, dtype);
  }
  if (path.startsWith("nn.utils."))
    return /pack/.test(last) && last.startsWith("pad")
      ? tuple(tensor, tensor)
      : /^(packPadded|packSeq)/.test(last)
        ? unknown
        : last === "clipGradNorm_" || /^pad|parametersToVector/.test(last)
          ? tensor
          : unknown;
  if (head === "cuda" || head === "device" || head === "data" || head === "autograd" || head === "optim" || head === "distributions")
    return /isAvailable/.test(last) ? boolean : unknown;
  // A function that takes a tensor and more has one argument more than the method.
  return tensorResult(last, types.reduce(tensorsOnly, unknown), types[0]?.kind === "tensor" ? types.length - 1 : types.length, dtype);
}

const tensorsOnly = (found: Type, type: Type): Type =>
  type.kind === "tensor" ? either(found, type) : type.kind === "list" && type.of.kind === "tensor" ? either(found, type.of) : found;

/** What a dataset holds. */
export function itemOf(type: Type | undefined): Type {
  if (type?.kind === "instance") return type.of ?? unknown;
  if (type?.kind === "object of") {
    const own = type.of.methods.get("get") ?? type.of.methods.get("__iter__");
    return own ? own.returns : itemOf(type.of.base.kind === "class" ? { kind: "object of", of: type.of.base.of } : type.of.base);
  }
  if (type?.kind === "list") return type.of;
  return unknown;
}

const returnsOf = (type: Type): Type => (type.kind === "function" ? type.returns : unknown);

/** What `new` of a class of Kindling's gives. @param options what it is given by name */
export function instanceType(path: string, types: readonly Type[], options: ReadonlyMap<string, Type> = new Map()): Type {
  const [first] = types;
  switch (path) {
    case "nn.Parameter":
    case "nn.Buffer":
      return first?.kind === "tensor" ? first : tensor;
    case "data.TensorDataset":
      return {
        kind: "instance",
        path,
        of: types.some((type) => type.kind === "list") ? unknown : tuple(...types.map((type) => (type.kind === "tensor" ? type : tensor))),
      };
    case "data.DataLoader":
      return { kind: "instance", path, of: options.has("collateFn") ? returnsOf(options.get("collateFn")!) : itemOf(first) };
    case "data.Subset":
      return { kind: "instance", path, of: itemOf(first) };
    case "data.ConcatDataset":
      return {
        kind: "instance",
        path,
        of: first?.kind === "list" || first?.kind === "tuple" ? itemOf(first.kind === "list" ? first.of : first.of[0]) : unknown,
      };
    case "nn.ModuleList":
    case "nn.ModuleDict":
    case "nn.ParameterList":
    case "nn.ParameterDict":
      return {
        kind: "instance",
        path,
        of:
          first?.kind === "list"
            ? first.of
            : first?.kind === "map"
              ? first.value
              : first?.kind === "object"
                ? (first.rest ?? [...first.fields.values()].reduce(either, none))
                : /Parameter/.test(path)
                  ? tensor
                  : { kind: "instance", path: "nn.Module" },
      };
    case "nn.Sequential":
      return { kind: "instance", path, of: { kind: "instance", path: "nn.Module" } };
    default:
      return { kind: "instance", path };
  }
}

/** What calling a module gives. */
export function moduleResult(path: string, types: readonly Type[]): Type {
  switch (path) {
    case "nn.LSTM":
      return tuple(tensor, tuple(tensor, tensor));
    case "nn.LSTMCell":
    case "nn.GRU":
    case "nn.RNN":
    case "nn.MultiheadAttention":
      return tuple(tensor, tensor);
    case "nn.Flatten":
    case "nn.Identity":
      return types[0]?.kind === "tensor" ? types[0] : tensor;
    case "nn.Module":
    case "nn.Sequential":
      return tensor;
    default:
      return path.startsWith("nn.") ? floats : unknown;
  }
}

/** What a method of one of Kindling's objects gives. */
export function methodResult(path: string, name: string, of: Type | undefined): Type {
  const iterated = iterators[name];
  if (iterated && path.startsWith("nn.")) return list(iterated, true);
  switch (name) {
    case "stateDict":
      return { kind: "map", key: string, value: tensor };
    case "loadStateDict":
      return { kind: "instance", path: "IncompatibleKeys" };
    case "getLastLr":
      return list(number);
    case "sample":
    case "rsample":
    case "logProb":
    case "entropy":
      return tensor;
    case "forward":
      return moduleResult(path, []);
    case "train":
    case "eval":
    case "to":
    case "requiresGrad_":
    case "apply":
    case "double":
    case "float":
      return path.startsWith("nn.") ? { kind: "instance", path, ...(of && { of }) } : unknown;
    default:
      if (name.startsWith("register") && name.endsWith("Hook")) return { kind: "instance", path: "Handle" };
      if (path === "NumpyRandom") return name === "randint" || name === "permutation" ? ints : floats;
      if (path === "data.CsvTable") return name === "strings" ? list(string) : floats;
      if (path.startsWith("optim.") && name === "step") return none;
      return unknown;
  }
}

/** What a property of one of Kindling's objects holds. */
export function propertyType(path: string, name: string): Type {
  if (name === "paramGroups") return list(paramGroup);
  if (path.startsWith("nn.")) {
    if (/^(weight|bias|runningMean|runningVar|inProjWeight|inProjBias)$/.test(name)) return tensor;
    if (name === "training") return boolean;
    if (/(Features|Channels|Size|Dim|Heads|Layers|numEmbeddings|embeddingDim|dModel)$|^num/.test(name)) return whole;
    if (name === "outProj") return { kind: "instance", path: "nn.Linear" };
    return unknown;
  }
  if (path === "IncompatibleKeys") return list(string);
  if (path === "data.CsvTable" && name === "columns") return list(string);
  if (name === "savedTensors") return list(tensor);
  if (name === "indices" && path === "data.Subset") return list(whole);
  if (path.startsWith("distributions.")) return tensor;
  return unknown;
}

export const callableResult = functionOf(unknown);
