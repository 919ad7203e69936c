/** Why something of a run can't be written, in words for the user. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk's quota is used up",
  EACCES: "its folder may not be written to",
  EPERM: "its folder may not be written to",
  ENOENT: "its folder is gone",
  EROFS: "its folder may not be written to",
};

export function whyNotWritten(error: unknown): string {
  const { code, message, path } = error as NodeJS.ErrnoException;
  if ((code === "ENOTDIR" || code === "EEXIST") && path !== undefined) return `a file stands in the way of the folder ${path}`;
  return reasons[code ?? ""] ?? message;
}
