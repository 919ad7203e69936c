/** What PyTorch's functions and classes give. */
import { collated, sampleOf } from "./datasetTypes.ts";
import { dtypeElements, elementsOf, tensorElements } from "./numpyTypes.ts";
import { tensorResult } from "./returns.ts";
import type { Call, Expression } from "./syntax.ts";
import { any, bool, bools, floats, int, ints, isModule, isSequence, join, listOf, present, tensor, tupleOf, unknown, type Type } from "./types.ts";
import type { Walk } from "./walk.ts";

export function apiCall(walk: Walk, api: string, path: string, types: readonly Type[], expression: Call): Type {
  const name = path.slice(path.lastIndexOf(".") + 1);
  const last = api.slice(api.lastIndexOf(".") + 1);
  if (api === "Generator") return { kind: "object", of: api };
  if (api === "finfo") return { kind: "python", path: "torch.finfo()" };
  if (api === "nn.Parameter") return { kind: "tensor", elements: "float", parameter: true };
  if (api === "deepcopy") return types[0] ?? unknown;
  if (/^nn\.(Sequential|ModuleList|ModuleDict|ParameterList|ParameterDict)$/.test(api)) {
    let item = expression.arguments.map((argument, at) => (argument.star ? walk.items(types[at]!) : types[at]!)).reduce(join, unknown);
    if (api !== "nn.Sequential" || present(item).kind === "dict" || isSequence(item))
      item = item.kind === "dict" ? item.value : api === "nn.ModuleDict" && isSequence(item) ? any : walk.items(item);
    const [made] = types;
    const fields = api === "nn.ModuleDict" && made?.kind === "dict" && !made.open ? made.fields : undefined;
    const entries = api === "nn.ModuleList" ? eachEntry(expression.arguments[0]?.value) : undefined;
    return item.kind === "unknown" ? { kind: "object", of: api } : { kind: "object", of: api, item, ...(fields && { fields }), ...(entries && { entries }) };
  }
  if (api.startsWith("data.")) return dataCall(walk, api, types, expression);
  if (/^(nn|optim|distributions)(\.\w+)*\.[A-Z]\w*$/.test(api)) {
    if (api.startsWith("optim.lrScheduler")) for (const type of types) if (type.kind === "function") walk.invoke(type.of, [int]);
    return { kind: "object", of: api };
  }
  if (last === "tensor" || last === "asTensor" || last === "fromNumpy") {
    if (/\.(Long|Int|Byte)Tensor$/.test(path)) return ints;
    if (path === "torch.BoolTensor") return bools;
    const dtype = expression.arguments.find((argument) => argument.name === "dtype");
    return { kind: "tensor", elements: dtype ? dtypeElements(dtype.value.type) : elementsOf(types[0] ?? unknown) };
  }
  const dtype = expression.arguments.find((argument) => argument.name === "dtype");
  if (/^(zeros|ones|empty|full|arange|linspace|rand|randn|eye)$/.test(last)) {
    if (dtype) return { kind: "tensor", elements: dtypeElements(dtype.value.type) };
    if (last === "arange" && types.every((type) => type.kind === "int")) return ints;
    return last === "full" ? { kind: "tensor", elements: elementsOf(types[1] ?? unknown) } : floats;
  }
  if (last === "unique" && expression.arguments.some(({ name: key }) => key?.startsWith("return_"))) return { kind: "list", of: tensor, tuple: true };
  if (/^is[A-Z]/.test(last)) return bool;
  if (api === "nn.utils.rnn.padPackedSequence") return tupleOf(floats, ints);
  if (api.startsWith("nn.utils.rnn.pack")) return { kind: "object", of: "nn.utils.rnn.PackedSequence" };
  if (api === "nn.utils.clipGradNorm_") return floats;
  if (api.startsWith("nn.utils") && isModule(types[0] ?? unknown)) return types[0]!;
  if (api === "autograd.grad") return listOf(floats);
  if (api === "nn.functional.oneHot") return ints;
  if (/^(noGrad|enableGrad|inferenceMode|manualSeed)$/.test(last)) return any;
  if (last === "load") return any;
  const first = types[0] ?? unknown;
  if (["cat", "stack", "hstack", "vstack", "concat"].includes(last))
    return { kind: "tensor", elements: (([item]) => (item?.kind === "tensor" ? item.elements : undefined))([walk.items(first)]) };
  if (["linalg.svd", "linalg.eigh", "linalg.qr"].includes(api)) return listOf(floats);
  if (last === "where" && types.length === 1) return listOf(ints);
  if (last === "where") return tensorElements(types[1]!) ?? floats;
  const more = types.length - 1 - expression.arguments.filter((argument) => argument.name === "descending").length;
  if ((last === "max" || last === "min") && types[1]?.kind === "tensor") return first;
  return tensorResult(name, first, more);
}

function dataCall(walk: Walk, api: string, types: readonly Type[], expression: Call): Type {
  const first = types[0] ?? unknown;
  const named = (name: string) => expression.arguments.findIndex((argument) => argument.name === name);
  switch (api) {
    case "data.TensorDataset": {
      if (expression.arguments.some(({ star }) => star)) return { kind: "object", of: api, item: listOf(tensor) };
      return { kind: "object", of: api, item: tupleOf(...types.map((type) => tensorElements(type) ?? tensor)) };
    }
    case "data.randomSplit":
      return listOf({ kind: "object", of: "data.Subset", item: sampleOf(first) });
    case "data.Subset":
    case "data.ConcatDataset":
      return { kind: "object", of: api, item: api === "data.Subset" ? sampleOf(first) : sampleOf(walk.items(first)) };
    case "data.DataLoader": {
      const dataset = first.kind === "unknown" && named("dataset") >= 0 ? types[named("dataset")]! : first;
      const sample = sampleOf(dataset);
      const collate = named("collate_fn") >= 0 ? types[named("collate_fn")] : undefined;
      if (collate?.kind === "function") return { kind: "object", of: api, item: walk.invoke(collate.of, [listOf(sample)]) };
      return { kind: "object", of: api, item: collated(sample) };
    }
    case "data.readCsv":
      return { kind: "object", of: "data.CsvTable" };
    default:
      return { kind: "object", of: api };
  }
}

/** What a list that stands there holds, one by one. */
function eachEntry(list: Expression | undefined): readonly Type[] | undefined {
  if (list?.kind !== "list" || list.entries.length === 0 || list.entries.some(({ kind }) => kind === "starred")) return undefined;
  return list.entries.map((entry) => entry.type ?? unknown);
}
