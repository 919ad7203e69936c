/** Reading what `torch.save` writes: a zip archive, or the older format that PyTorch wrote before 1.6. */
import { KindlingError } from "../errors.ts";
import { fromTypedArray, zeros } from "../ops/creation.ts";
import { writeValues } from "../ops/internal/writing.ts";
import type { Tensor } from "../tensor.ts";
import { ByteReader } from "./byteReader.ts";
import { decode, dtypeOf, fileSize, type FileType } from "./elements.ts";
import { whatItSeems } from "./fileKinds.ts";
import { unpickle } from "./pickleReader.ts";
import { StorageType, torchGlobal } from "./torchGlobals.ts";
import { Archive, isZip } from "./zip.ts";

/** Bytes that the description of the values unpacks to at most in a small archive. PyTorch itself doesn't pack it. */
const LARGEST_PICKLE = 2 ** 24;

/** The value in a `.pt` file. @param name stands for the file in messages */
export function readTorch(bytes: Uint8Array, name: string): unknown {
  return isZip(bytes) ? readArchive(bytes, name) : readLegacy(bytes, name);
}

// --- zip archive ----------------------------------------------------------------------------------------------------

function readArchive(bytes: Uint8Array, name: string): unknown {
  const files = new Archive(bytes, name);
  const pickle = files.names.find((path) => /^[^/]*\/data\.pkl$/.test(path));
  if (pickle === undefined)
    throw new KindlingError(
      `${name} is no PyTorch file: the archive has no data.pkl${files.names.some((entry) => entry.endsWith(".npy")) ? "; it looks like an .npz file: use data.readNpz" : ""}`,
    );
  const folder = pickle.slice(0, -"data.pkl".length);
  if (files.has(`${folder}constants.pkl`)) {
    throw new KindlingError(`refused: ${name} is a TorchScript program; save the state_dict() of the model instead`);
  }
  const littleEndian = !files.has(`${folder}byteorder`) || new TextDecoder().decode(files.read(`${folder}byteorder`, 16)) !== "big";
  const storages = new Map<string, { storage: Tensor; type: FileType }>();
  const persistent = (id: unknown): Tensor => {
    const { type, key, count } = storageReference(id, name);
    const found = storages.get(key);
    if (found !== undefined && found.type !== type) throw new KindlingError(`${name}: storage ${key} is ${found.type} in one place and ${type} in another`);
    if (found !== undefined) return found.storage;
    const entry = `${folder}data/${key}`;
    const size = count * fileSize(type);
    // PyTorch leaves the entry of a storage without elements out.
    if (files.size(entry) < size) throw new KindlingError(`${name}: storage ${key} has ${files.size(entry)} bytes, but ${size} are needed`);
    const content = size === 0 ? new Uint8Array(0) : files.read(entry, size);
    const values = decode(content, type, `${name}, storage ${key}`, littleEndian);
    const storage = fromTypedArray(values, [count], { dtype: dtypeOf(type) });
    storages.set(key, { storage, type });
    return storage;
  };
  const resolve = torchGlobal(name, bytes.length);
  const program = files.read(pickle, Math.max(bytes.length, LARGEST_PICKLE));
  return unpickle(new ByteReader(program, `${name} (${pickle})`), { resolve, persistent });
}

interface StorageReference {
  readonly type: FileType;
  readonly key: string;
  /** Number of elements. */
  readonly count: number;
}

/** `("storage", type, key, location, numel, …)` */
function storageReference(id: unknown, name: string): StorageReference {
  const [kind, type, key, , count] = Array.isArray(id) ? (id as unknown[]) : [];
  if (kind !== "storage" || !(type instanceof StorageType) || !Number.isSafeInteger(count) || (count as number) < 0) {
    throw new KindlingError(`${name}: a storage is described in a way that can't be`);
  }
  return { type: type.type, key: String(key), count: count as number };
}

// --- before PyTorch 1.6 ---------------------------------------------------------------------------------------------

/** Four pickles (magic number, version, machine, value), the storages' keys as a fifth, then the storages themselves. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

function readLegacy(bytes: Uint8Array, name: string): unknown {
  const reader: ByteReader = new ByteReader(bytes, name);
  if (!isLegacy(bytes)) throw new KindlingError(`${name} is no PyTorch file: it begins like none that torch.save writes${whatItSeems(bytes)}`);
  const plain = { resolve: torchGlobal(name, bytes.length), persistent: () => reader.fail("a reference stands where none can be") };
  if (unpickle(reader, plain) !== MAGIC) reader.fail("the magic number of a PyTorch file is expected here", 0);
  const version = unpickle(reader, plain);
  if (version !== 1001) reader.fail(`version ${String(version)} of PyTorch's older format is not known`);
  const machine = unpickle(reader, plain) as { little_endian?: unknown } | null;
  const littleEndian = machine?.little_endian !== false;
  const storages = new Map<string, { storage: Tensor; type: FileType }>();
  let claimed = 0;
  const persistent = (id: unknown): Tensor => {
    const { type, key, count } = storageReference(id, name);
    const found = storages.get(key);
    if (found?.type === type && found.storage.numel() === count) return found.storage;
    claimed += count * fileSize(type);
    // The values come after the tensors; room is made only for what the file can hold.
    if (claimed > bytes.length || found !== undefined) reader.fail(`storage ${key} claims more than the file holds`);
    const storage = zeros([count], { dtype: dtypeOf(type) });
    storages.set(key, { storage, type });
    return storage;
  };
  const value = unpickle(reader, { resolve: plain.resolve, persistent });
  const keys = unpickle(reader, plain);
  for (const key of Array.isArray(keys) ? keys : []) readLegacyStorage(reader, storages.get(String(key)), littleEndian);
  return value;
}

function isLegacy(bytes: Uint8Array): boolean {
  // PROTO, any version, LONG1 of ten bytes, the first of them.
  return bytes[0] === 0x80 && bytes[2] === 0x8a && bytes[3] === 10 && bytes[4] === 0x6c;
}

function readLegacyStorage(reader: ByteReader, target: { storage: Tensor; type: FileType } | undefined, littleEndian: boolean): void {
  if (target === undefined) reader.fail("the values of a storage that no tensor has");
  const { storage, type } = target;
  const count = reader.u64();
  if (count !== storage.numel()) reader.fail(`a storage of ${count} elements, where ${storage.numel()} were announced`);
  const where = `${reader.name}, byte ${reader.position}`;
  writeValues(storage, decode(reader.take(count * fileSize(type)), type, where, littleEndian));
}
