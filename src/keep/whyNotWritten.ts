/** Why something of a run can't be written, in words for the user. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk's quota is used up",
  EACCES: "its folder may not be written to",
  EPERM: "its folder may not be written to",
  ENOENT: "its folder is gone",
  EROFS: "its folder may not be written to",
  ENOTDIR: "where its folder should be there is a file",
  EEXIST: "where its folder should be there is a file",
};

export function whyNotWritten(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? message;
}
