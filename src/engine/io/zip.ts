/** Zip archives: read with an eye on what they would unpack to, and written without compression. */
import { Gunzip, gunzipSync, Inflate, inflateSync, zipSync, type Zippable } from "fflate";
import { roomFor } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { ByteReader } from "./byteReader.ts";

/** No deflated stream unpacks to more than this times its own size. */
const MOST_DEFLATED = 1032;
/** PyTorch's reader maps tensors straight into memory, where they want to begin at a multiple of this. */
const ALIGNMENT = 64;
/** The extra field by which PyTorch pads a header ("FB"). */
const PADDING_FIELD = 0x4246;
const LOCAL_HEADER = 30;
const EXTRA_HEADER = 4;
/** Room for what stands behind the files. */
const DIRECTORY = 2 ** 24;

/** The signatures and sizes of the format's records: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
const [ENTRY, END, END_64, LOCATOR_64] = [0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50];
const [END_SIZE, LOCATOR_64_SIZE, LONGEST_COMMENT] = [22, 20, 0xffff];
/** What stands where a number needs 64 bits, which are kept elsewhere. */
const ELSEWHERE = 0xffffffff;
const [STORED, DEFLATED] = [0, 8];
/** How much of a deflated file is unpacked at a time where only its beginning is wanted. */
const PIECE = 1024;

export function isZip(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]);
}

interface Entry {
  readonly method: number;
  /** Bytes in the archive, and those that they unpack to. */
  readonly packed: number;
  readonly size: number;
  /** Where the file's own header stands. */
  readonly header: number;
}

/** An archive in memory. Its files are unpacked only when they are asked for, each to no more than the reader needs. */
export class Archive {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  readonly #entries = new Map<string, Entry>();

  /** @param name stands for the archive in messages. @throws KindlingError where its directory is damaged */
  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
    this.#readDirectory();
  }

  /** The files' names, without folders. */
  get names(): string[] {
    return [...this.#entries.keys()].filter((name) => !name.endsWith("/"));
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Bytes of a file, as the directory tells; 0 where there is no such file. */
  size(name: string): number {
    return this.#entries.get(name)?.size ?? 0;
  }

  /** A file, or its first `most` bytes. @throws KindlingError where it would have to be unpacked to more than those */
  read(name: string, most = Infinity): Uint8Array {
    const { method, size } = this.#entry(name);
    if (method === STORED) return this.#unpacked(name, size).subarray(0, most);
    if (size > most) this.#fail(`"${name}" unpacks to ${size} bytes, where ${most} are expected at most`);
    return this.#unpacked(name, size);
  }

  /** The first `count` bytes of a file, or all if it has less. */
  head(name: string, count: number): Uint8Array {
    const { method, size } = this.#entry(name);
    if (method === STORED || size <= count) return this.#unpacked(name, size).subarray(0, count);
    return beginning(new Inflate(), this.#packed(name), count, this.#name);
  }

  #unpacked(name: string, size: number): Uint8Array {
    const packed = this.#packed(name);
    if (this.#entry(name).method === DEFLATED) return exactly(size, packed, this.#name, `"${name}"`, inflateSync);
    if (packed.length !== size) this.#fail(`"${name}" has ${packed.length} bytes instead of ${size}`);
    return packed;
  }

  /** A file's bytes as they are in the archive. */
  #packed(name: string): Uint8Array {
    const { header, packed } = this.#entry(name);
    const reader = new ByteReader(this.#bytes, this.#name, header + LOCAL_HEADER - 4);
    const [nameSize, extraSize] = [reader.u16(), reader.u16()];
    reader.take(nameSize + extraSize);
    return reader.take(packed);
  }

  #entry(name: string): Entry {
    return this.#entries.get(name) ?? this.#fail(`it has no "${name}"`);
  }

  #readDirectory(): void {
    const { reader, count } = this.#directory();
    let packed = 0;
    for (let i = 0; i < count; i++) {
      const { name, entry } = this.#readEntry(reader);
      packed += entry.packed;
      // Entries that overlap would multiply the file in memory.
      if (packed > this.#bytes.length) this.#fail("its directory lists more than it holds");
      if (entry.size > entry.packed * (entry.method === STORED ? 1 : MOST_DEFLATED)) {
        this.#fail(`"${name}" claims ${entry.size} bytes, which ${entry.packed} can't unpack to`);
      }
      if (this.#entries.has(name)) this.#fail(`its directory lists "${name}" twice`);
      this.#entries.set(name, entry);
    }
  }

  /** Where the directory begins, and how many entries it has. */
  #directory(): { reader: ByteReader; count: number } {
    const bytes = this.#bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let end = bytes.length - END_SIZE;
    const first = Math.max(0, end - LONGEST_COMMENT);
    while (end >= first && view.getUint32(end, true) !== END) end--;
    if (end < first) this.#fail("it has no end (the file was cut off, perhaps by an unfinished download)");
    const reader = new ByteReader(bytes, this.#name, end + 10);
    const count = reader.u16();
    reader.take(4);
    reader.position = reader.u32();
    const locator = end - LOCATOR_64_SIZE;
    if (locator < 0 || view.getUint32(locator, true) !== LOCATOR_64) return { reader, count };
    const far = new ByteReader(bytes, this.#name, locator + 8);
    far.position = far.u64();
    if (far.u32() !== END_64) this.#fail("its directory isn't where it should be");
    far.take(28);
    const farCount = far.u64();
    far.take(8);
    far.position = far.u64();
    return { reader: far, count: farCount };
  }

  #readEntry(reader: ByteReader): { name: string; entry: Entry } {
    if (reader.u32() !== ENTRY) this.#fail("its directory is broken");
    reader.take(4);
    const flags = reader.u16();
    const method = reader.u16();
    reader.take(8);
    let [packed, size] = [reader.u32(), reader.u32()];
    const [nameSize, extraSize, commentSize] = [reader.u16(), reader.u16(), reader.u16()];
    reader.take(8);
    let header = reader.u32();
    const name = reader.text(nameSize);
    const wide = wideNumbers(new ByteReader(reader.take(extraSize), this.#name));
    reader.take(commentSize);
    // In this order, those only that need it.
    if (size === ELSEWHERE) size = wide.shift() ?? size;
    if (packed === ELSEWHERE) packed = wide.shift() ?? packed;
    if (header === ELSEWHERE) header = wide.shift() ?? header;
    if ((flags & 1) !== 0) this.#fail(`"${name}" is encrypted, which can't be read`);
    if (method !== STORED && method !== DEFLATED) this.#fail(`"${name}" is packed by method ${method}, which can't be read; pack it with deflate`);
    return { name, entry: { method, packed, size, header } };
  }

  #fail(problem: string): never {
    throw damaged(this.#name, problem);
  }
}

/** The numbers of 64 bits among an entry's extra fields. */
function wideNumbers(extra: ByteReader): number[] {
  while (extra.left >= 4) {
    const [kind, size] = [extra.u16(), extra.u16()];
    const end = extra.position + size;
    if (kind !== 1) extra.take(size);
    else return Array.from({ length: Math.floor(Math.min(size, extra.left) / 8) }, () => extra.u64());
    extra.position = end;
  }
  return [];
}

/**
 * An archive of files without compression, each of which begins at a multiple of 64 bytes.
 * @param archive stands for it in messages
 */
export function zip(files: ReadonlyMap<string, Uint8Array>, archive: string): Uint8Array {
  const zippable: Zippable = {};
  let position = 0;
  for (const [name, content] of files) {
    const header = LOCAL_HEADER + new TextEncoder().encode(name).length + EXTRA_HEADER;
    const padding = (ALIGNMENT - ((position + header) % ALIGNMENT)) % ALIGNMENT;
    // The date is fixed so that the same content gives the same bytes.
    zippable[name] = [content, { level: 0, mtime: "1980-01-01T00:00:00", extra: { [PADDING_FIELD]: new Uint8Array(padding).fill(0x5a) } }];
    position += header + padding + content.length;
  }
  // Beyond, the format's numbers of 32 bits would wrap round.
  if (position + DIRECTORY > 2 ** 32)
    throw new KindlingError(`${archive}: can't save ${position} bytes in one file, which holds 4 GiB at most; save the parts one by one`);
  return zipSync(zippable);
}

/** Whether a file is gzipped. */
export function isGzip(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x1f, 0x8b, 8]);
}

/** The first `count` bytes of what a gzipped file unpacks to, or all if that is less. */
export function gunzipHead(bytes: Uint8Array, count: number, name: string): Uint8Array {
  return beginning(new Gunzip(), bytes, count, name);
}

/** What a gzipped file unpacks to, which has to be `size` bytes. */
export function gunzip(bytes: Uint8Array, size: number, name: string): Uint8Array {
  // The file's last four bytes repeat its size.
  const claimed = new ByteReader(bytes, name, Math.max(0, bytes.length - 4)).u32();
  if (claimed !== size % 2 ** 32) throw damaged(name, `it claims ${claimed} bytes, where ${size} are expected`);
  return exactly(size, bytes, name, "it", gunzipSync);
}

/** Unpacks piece by piece until there is enough. */
function beginning(stream: Inflate | Gunzip, packed: Uint8Array, count: number, name: string): Uint8Array {
  const out = new Uint8Array(count);
  let length = 0;
  stream.ondata = (piece) => {
    out.set(piece.subarray(0, count - length), length);
    length = Math.min(count, length + piece.length);
  };
  return guarded(name, () => {
    for (let at = 0; at < packed.length && length < count; at += PIECE) stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    return out.subarray(0, length);
  });
}

/**
 * What unpacks to `size` bytes, neither fewer nor more. There is room for one more, which shows where there would be more.
 * @param name stands for the file in messages
 * @param what is unpacked, for messages
 */
export function exactly(
  size: number,
  packed: Uint8Array,
  name: string,
  what: string,
  unpack: (packed: Uint8Array, into: { out: Uint8Array }) => Uint8Array,
): Uint8Array {
  if (size > packed.length * MOST_DEFLATED) throw damaged(name, `${what} should unpack to ${size} bytes, which ${packed.length} can't`);
  const { length, buffer, byteOffset } = guarded(
    name,
    () => unpack(packed, { out: roomFor(Uint8Array, size + 1) }),
    `${what} unpacks to more than ${size} bytes`,
  );
  if (length !== size) throw damaged(name, `${what} unpacks to ${length > size ? `more than ${size}` : `${length}, not ${size},`} bytes`);
  return new Uint8Array(buffer, byteOffset, length);
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function damaged(name: string, problem: string): KindlingError {
  return new KindlingError(`${name} is damaged: ${problem}`);
}

/**
 * Runs the unpacker, whose own errors don't know the file's name.
 * @param tooMuch what is wrong where it writes beyond its room
 */
function guarded<T>(name: string, run: () => T, tooMuch?: string): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof KindlingError) throw error;
    throw damaged(name, error instanceof RangeError && tooMuch !== undefined ? tooMuch : `it can't be unpacked (${(error as Error).message})`);
  }
}
