/** Writing files that `torch.load` opens: the zip archive of PyTorch 1.6 and later. */
import { itemSize, type DType } from "../dtype.ts";
import { readBytes, type Storage } from "../memory/storage.ts";
import type { Tensor } from "../tensor.ts";
import { pickle, type StorageName } from "./pickleWriter.ts";
import { zip } from "./zip.ts";

const classNames: Readonly<Record<DType, string>> = {
  float32: "FloatStorage",
  int32: "IntStorage",
  uint8: "ByteStorage",
  bool: "BoolStorage",
};

/** The bytes of a `.pt` file. Tensors that share their storage share it in the file. @param file stands for it in messages */
export function writeTorch(value: unknown, file: string): Uint8Array {
  const storages = new Map<Storage, StorageName>();
  const nameStorage = ({ storage, dtype }: Tensor): StorageName => {
    const name = storages.get(storage) ?? { className: classNames[dtype], key: String(storages.size), count: storage.bytes / itemSize(dtype) };
    storages.set(storage, name);
    return name;
  };
  const files = new Map([["archive/data.pkl", pickle(value, file, nameStorage)]]);
  for (const [storage, { key }] of storages) files.set(`archive/data/${key}`, readBytes(storage, 0, storage.bytes));
  files.set("archive/version", new TextEncoder().encode("3\n"));
  return zip(files, file);
}
