/** What a file seems to be, for messages of readers that it isn't for. */

interface Kind {
  readonly words: string;
  readonly begins: (start: string) => boolean;
}

const kinds: readonly Kind[] = [
  { words: "it is empty", begins: (start) => start === "" },
  { words: "it looks like an .npy file: use data.readNpy", begins: (start) => start.startsWith("\x93NUMPY") },
  { words: "it looks like a picture: use data.readImage", begins: (start) => /^(\x89PNG|\xff\xd8\xff)/.test(start) },
  { words: "it looks like a zip archive: PyTorch's are read by load, NumPy's by data.readNpz", begins: (start) => start.startsWith("PK\x03\x04") },
  { words: "it looks like a gzipped file: unpack it first (only IDX files are read gzipped)", begins: (start) => start.startsWith("\x1f\x8b") },
  { words: "it looks like an HDF5 file, which can't be read; save its arrays as .npz", begins: (start) => start.startsWith("\x89HDF") },
  {
    words: "it looks like a pickle that torch.save hasn't written; save its values with torch.save",
    begins: (start) => start[0] === "\x80" && start.charCodeAt(1) <= 5,
  },
  { words: "it is a pointer of Git LFS, not the file itself: run git lfs pull", begins: (start) => start.startsWith("version https://git-lfs") },
  { words: "it looks like a web page: the download went wrong", begins: (start) => /^\s*<(!doctype|html)/i.test(start) },
  { words: "it looks like a .safetensors file: give it that ending and use load", begins: (start) => start.slice(4, 10) === '\0\0\0\0{"' },
];

/** `; it looks like …`, or nothing where that can't be told. */
export function whatItSeems(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const kind = kinds.find(({ begins }) => begins(start));
  return kind === undefined ? "" : `; ${kind.words}`;
}
