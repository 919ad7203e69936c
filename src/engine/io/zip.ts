/** Zip archives: read with an eye on what they would unpack to, and written without compression. */
import { gunzipSync, unzipSync, zipSync, type Zippable } from "fflate";
import { KindlingError } from "../errors.ts";

/** No deflated stream unpacks to more than this times its own size. */
const MOST_DEFLATED = 1032;
/** The smallest entry in an archive's directory. */
const SMALLEST_ENTRY = 46;
/** PyTorch's reader maps tensors straight into memory, where they want to begin at a multiple of this. */
const ALIGNMENT = 64;
/** The extra field by which PyTorch pads a header ("FB"). */
const PADDING_FIELD = 0x4246;
const LOCAL_HEADER = 30;
const EXTRA_HEADER = 4;

export function isZip(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]);
}

/** The files of an archive by their names. @param name stands for the archive in messages */
export function unzip(bytes: Uint8Array, name: string): Map<string, Uint8Array> {
  let entries = 0;
  let packed = 0;
  const check = (entry: { name: string; size: number; originalSize: number; compression: number }): boolean => {
    packed += entry.size;
    // Entries that overlap, or a directory longer than the file, would multiply the file in memory.
    if (++entries * SMALLEST_ENTRY > bytes.length || packed > bytes.length) throw damaged(name, "its directory lists more than it holds");
    if (entry.originalSize > entry.size * MOST_DEFLATED) {
      throw damaged(name, `"${entry.name}" claims ${entry.originalSize} bytes, which ${entry.size} can't unpack to`);
    }
    return !entry.name.endsWith("/");
  };
  return new Map(Object.entries(guarded(name, () => unzipSync(bytes, { filter: check }))));
}

/** An archive of files without compression, each of which begins at a multiple of 64 bytes. */
export function zip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const zippable: Zippable = {};
  let position = 0;
  for (const [name, content] of files) {
    const header = LOCAL_HEADER + new TextEncoder().encode(name).length + EXTRA_HEADER;
    const padding = (ALIGNMENT - ((position + header) % ALIGNMENT)) % ALIGNMENT;
    // The date is fixed so that the same content gives the same bytes.
    zippable[name] = [content, { level: 0, mtime: "1980-01-01T00:00:00", extra: { [PADDING_FIELD]: new Uint8Array(padding).fill(0x5a) } }];
    position += header + padding + content.length;
  }
  return zipSync(zippable);
}

/** The content of a gzipped file; a file that isn't one as it is. */
export function gunzip(bytes: Uint8Array, name: string): Uint8Array {
  if (!startsWith(bytes, [0x1f, 0x8b, 8])) return bytes;
  if (bytes.length < 18) throw damaged(name, "it ends within the gzip header");
  const size = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true);
  if (size > bytes.length * MOST_DEFLATED) throw damaged(name, `it claims ${size} bytes, which ${bytes.length} can't unpack to`);
  return guarded(name, () => gunzipSync(bytes));
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function damaged(name: string, problem: string): KindlingError {
  return new KindlingError(`${name} is damaged: ${problem}`);
}

/** Runs the unpacker, whose own errors don't know the file's name. */
function guarded<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof KindlingError) throw error;
    throw damaged(name, `it can't be unpacked (${(error as Error).message})`);
  }
}
