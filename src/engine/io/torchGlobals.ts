/**
 * The names that a PyTorch file may use, and what each stands for here. Everything else is refused by name.
 * PyTorch's own list for `torch.load(weights_only=True)` is the model: torch/_weights_only_unpickler.py. Options of a
 * command line and paths, which many checkpoints hold beside their weights, are data alone, too.
 */
import { device, type Device } from "../device.ts";
import { filled } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { Parameter } from "../nn/parameter.ts";
import { isContiguous } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { CopyLimit } from "./copyLimit.ts";
import { isShape, type FileType } from "./elements.ts";
import { datetimeGlobal } from "./datetimePickle.ts";
import { numpyGlobal } from "./numpyPickle.ts";
import { Callable, Dict, Opaque, Unfinished } from "./pickleReader.ts";

/** What a file's name of a storage class stands for: its element type. */
export class StorageType extends Opaque {
  readonly type: FileType;

  constructor(type: FileType) {
    super();
    this.type = type;
  }
}

const storageTypes: Readonly<Record<string, FileType>> = {
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  FloatStorage: "float32",
  DoubleStorage: "float64",
  CharStorage: "int8",
  ShortStorage: "int16",
  IntStorage: "int32",
  LongStorage: "int64",
  ByteStorage: "uint8",
  BoolStorage: "bool",
};

/** `torch.float32` and the like, read as their names. */
const dtypeNames = new Set([
  "float16",
  "bfloat16",
  "float32",
  "float64",
  "half",
  "float",
  "double",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "bool",
  "complex64",
  "complex128",
]);

/** The options of a command line, as programs keep them beside their weights: a plain object of what they hold. */
class Attributes extends Unfinished {
  readonly #file: string;

  constructor(file: string) {
    super();
    this.#file = file;
  }

  override fill(state: unknown): void {
    if (!(state instanceof Dict)) throw new KindlingError(`${this.#file}: options of a command line are described in a way that can't be`);
    this.result = state;
  }
}

const first = new Callable(([value]) => value);

/** The meaning of a name in the file `file`. @throws KindlingError that names it where it isn't on the list */
export function torchGlobal(file: string, fileBytes: number): (module: string, name: string, root: boolean) => unknown {
  const limit = new CopyLimit(file, fileBytes);
  const known = new Map<string, unknown>([
    ["torch._utils._rebuild_tensor", new Callable((args) => rebuildTensor(file, args))],
    ["torch._utils._rebuild_tensor_v2", new Callable((args) => rebuildTensor(file, args))],
    ["torch._utils._rebuild_parameter", new Callable(([data, requiresGrad]) => rebuildParameter(file, data, requiresGrad))],
    ["torch._utils._rebuild_parameter_with_state", new Callable(([data, requiresGrad]) => rebuildParameter(file, data, requiresGrad))],
    ["torch._tensor._rebuild_from_type_v2", new Callable(([rebuild, , args]) => rebuildFromType(file, rebuild, args))],
    ["torch.Tensor", new Opaque()],
    ["torch.nn.parameter.Parameter", new Opaque()],
    ["torch.Size", first],
    ["torch.device", new Callable(([type, index]) => readDevice(file, type, index))],
    ["collections.OrderedDict", new Callable(([pairs]) => new Map(copied(limit, pairs) as [unknown, unknown][]))],
    ["collections.Counter", new Callable(([counts]) => new Map(copied(limit, counts) as [unknown, unknown][]))],
    ["collections.defaultdict", new Callable(() => new Dict())],
    ["collections.deque", new Callable(([items]) => copied(limit, items))],
    ["argparse.Namespace", new Callable(() => new Attributes(file))],
    ["_codecs.encode", new Callable(([text]) => latin1(limit, text))],
  ]);
  for (const kind of ["PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath"])
    known.set(
      `pathlib.${kind}`,
      new Callable((parts) =>
        parts
          .map(String)
          .join("/")
          .replace(/^([A-Z]:\\|\/)\//, "$1"),
      ),
    );
  for (const python of ["__builtin__", "builtins"]) {
    for (const name of ["set", "frozenset"]) known.set(`${python}.${name}`, new Callable(([items]) => new Set(copied(limit, items))));
    known.set(`${python}.bytearray`, new Callable(([bytes, encoding]) => (encoding === undefined ? (bytes ?? new Uint8Array(0)) : latin1(limit, bytes))));
    known.set(`${python}.bytes`, new Callable(([bytes]) => bytes ?? new Uint8Array(0)));
    // What makes the missing entries of a defaultdict.
    for (const name of ["int", "float", "str", "bool", "dict", "tuple"]) known.set(`${python}.${name}`, new Opaque());
    known.set(`${python}.list`, new Callable(([items]) => copied(limit, items)));
  }
  return (module, name, root) => {
    const path = `${module}.${name}`;
    if (known.has(path)) return known.get(path);
    if ((module === "torch" || module === "torch.cuda") && Object.hasOwn(storageTypes, name)) return new StorageType(storageTypes[name]!);
    if (module === "torch" && dtypeNames.has(name)) return name;
    return numpyGlobal(path, limit) ?? datetimeGlobal(path, file) ?? refuse(file, module, name, root);
  };
}

function copied(limit: CopyLimit, items: unknown): unknown[] {
  if (items === undefined) return [];
  const list = items instanceof Dict ? [...items.entries] : items instanceof Set || items instanceof Map ? [...items] : items;
  if (!Array.isArray(list)) throw new KindlingError(`${limit.file}: a collection is made of what is no list`);
  limit.charge(list.length);
  return [...list];
}

/** Bytes that protocol 2 writes as text. */
function latin1(limit: CopyLimit, text: unknown): Uint8Array {
  if (typeof text !== "string") throw new KindlingError(`${limit.file}: bytes are made of what is no text`);
  limit.charge(text.length);
  return filled(new Uint8Array(text.length), (i) => text.charCodeAt(i));
}

function readDevice(file: string, type: unknown, index: unknown): Device {
  if (typeof type !== "string" || (index !== undefined && typeof index !== "number"))
    throw new KindlingError(`${file}: a device is described in a way that can't be`);
  try {
    return device(type, index);
  } catch (error) {
    throw new KindlingError(`${file}: ${(error as Error).message}`);
  }
}

function refuse(file: string, module: string, name: string, root: boolean): never {
  // Classes of models stand at the root or within modules of layers; PyTorch users mostly meet this with whole saved models.
  const isModel = /^(__main__|torch\.nn|torchvision\.models)(\.|$)/.test(module) || (root && /^[A-Z]/.test(name));
  const hint = isModel ? "; save a model's state_dict() instead of the model itself" : "";
  throw new KindlingError(`refused: ${file} asks for ${module}.${name}; only tensors and plain values are read${hint}`);
}

/** A window on a storage. The arguments are PyTorch's: storage, offset, size, stride, requires_grad, … */
function rebuildTensor(file: string, [storage, offset, size, stride, requiresGrad]: readonly unknown[]): Tensor {
  if (!(storage instanceof Tensor) || !isShape(size) || !isShape(stride) || size.length !== stride.length || !isShape([offset])) {
    throw new KindlingError(`${file}: a tensor is described in a way that can't be`);
  }
  const start = offset as number;
  const last = size.includes(0) ? -1 : size.reduce((position, n, i) => position + (n - 1) * stride[i]!, start);
  if (last >= storage.numel() || !Number.isSafeInteger(size.reduce((product, n) => product * n, 1))) {
    throw new KindlingError(
      `${file}: a tensor of size [${size.join(", ")}], stride [${stride.join(", ")}] and offset ${start} reaches beyond its ${storage.numel()} elements`,
    );
  }
  const tensor = new Tensor(storage.storage, start, size, isContiguous(size, stride) ? null : stride, storage.dtype);
  if (requiresGrad === true && tensor.dtype === "float32") tensor.requiresGrad = true;
  return tensor;
}

function rebuildParameter(file: string, data: unknown, requiresGrad: unknown): Parameter {
  if (!(data instanceof Tensor)) throw new KindlingError(`${file}: a parameter is made of what is no tensor`);
  return new Parameter(data, requiresGrad === true && data.dtype === "float32");
}

/** A tensor that carries Python attributes: the attributes are not kept. */
function rebuildFromType(file: string, rebuild: unknown, args: unknown): unknown {
  if (!(rebuild instanceof Callable) || !Array.isArray(args)) throw new KindlingError(`${file}: a tensor is described in a way that can't be`);
  return rebuild.call(args);
}
