/** Where tensors are. There is one place, the processor's memory; others can be named, but nothing can be put there. */
import { KindlingError } from "./errors.ts";

/** Kinds that a device's name may begin with. */
const TYPES = [
  "cpu",
  "cuda",
  "ipu",
  "xpu",
  "mkldnn",
  "opengl",
  "opencl",
  "ideep",
  "hip",
  "ve",
  "fpga",
  "maia",
  "xla",
  "lazy",
  "vulkan",
  "mps",
  "meta",
  "hpu",
  "mtia",
  "privateuseone",
] as const;

/**
 * A kind of device.
 * @api torch.DeviceType
 */
export type DeviceType = (typeof TYPES)[number];

/**
 * A device by itself or by its name: `"cpu"`.
 * @api torch.DeviceLike
 */
export type DeviceLike = Device | string;

/**
 * A device. There is one object for each, so that `x.device === device("cpu")`; as text it is its name.
 * @see https://pytorch.org/docs/stable/tensor_attributes.html#torch.device
 * @api torch.Device
 * @base
 */
export class Device {
  readonly type: DeviceType;
  /** Which of several; `null` where none was named. */
  readonly index: number | null;

  /** @internal */
  constructor(type: DeviceType, index: number | null) {
    this.type = type;
    this.index = index;
  }

  toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

const known = new Map<string, Device>();

function deviceOf(type: DeviceType, index: number | null): Device {
  const made = new Device(type, index);
  const name = made.toString();
  const found = known.get(name);
  if (found) return found;
  known.set(name, made);
  return made;
}

/**
 * The device of a name: `device("cpu")`, `device("cuda:0")`, `device("cuda", 0)`. Only on `"cpu"` can there be tensors.
 * @param type the kind of device, or its whole name
 * @param index which of several
 * @throws KindlingError where no device has such a name
 * @see https://pytorch.org/docs/stable/tensor_attributes.html#torch.device
 * @api torch.device
 */
export function device(type: string, index?: number | null): Device;
export function device(device: Device | string): Device;
export function device(given: Device | string, index: number | null = null): Device {
  if (given instanceof Device) return given;
  const [, type = "", place] = /^([^:]*)(?::(.*))?$/.exec(given)!;
  if (!isType(type)) throw new KindlingError(`Expected one of ${TYPES.join(", ")} device type at start of device string: ${type}`);
  if (place === undefined) {
    if (index !== null && !(Number.isInteger(index) && index >= 0)) throw new KindlingError(`Device index must not be negative, but got ${index}`);
    return deviceOf(type, index);
  }
  if (index !== null) throw new KindlingError(`type (string) must not include an index because index was passed explicitly: ${given}`);
  if (!/^(0|[1-9]\d*)$/.test(place)) throw new KindlingError(`Invalid device string: '${given}'`);
  return deviceOf(type, Number(place));
}

function isType(name: string): name is DeviceType {
  return (TYPES as readonly string[]).includes(name);
}

/** Whether the text begins as a device's name does. */
export function isDeviceName(text: string): boolean {
  return isType(text.split(":")[0]!);
}

/** The device of all tensors. */
export const processor = deviceOf("cpu", null);

/** Takes what says where something is to be: on the processor or, with `null`, where PyTorch would put it. @throws KindlingError for another place */
export function requireProcessor(wanted: DeviceLike | null | undefined): void {
  if (wanted === null || wanted === undefined || wanted === processor) return;
  const found = device(wanted);
  if (found.type === "cpu" && (found.index ?? 0) === 0) return;
  throw noDevice(found);
}

/** Why nothing can be done with a device, in PyTorch's words where it has some for every program. */
export function noDevice(wanted: DeviceLike): KindlingError {
  const words = String(wanted).startsWith("cuda") ? "Torch not compiled with CUDA enabled. " : "";
  return new KindlingError(
    `${words}There is one device, the processor: nothing can be put on '${wanted}'. Say "cpu", or device(cuda.isAvailable() ? "cuda" : "cpu") for a program that runs in both places`,
  );
}
