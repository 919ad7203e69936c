/** Characters that are kept of a name and of a text that a program gave. */
export const nameLength = 200;
export const textLength = 4_000;

/** `text` where it has at most `length` characters, else its beginning and an ellipsis. */
export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** The last part of a path, of either kind of system. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
