/** What the system refuses, such as a file that can't be written: no fault of ours, and said in a sentence. */

export type SystemError = Error & Pick<NodeJS.ErrnoException, "code" | "path" | "syscall">;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "there is a file where its folder should be",
  EEXIST: "there is a file of that name",
  EISDIR: "it is a folder, not a file",
  EACCES: "you have no permission to",
  EPERM: "you have no permission to",
  EROFS: "nothing can be written to this disk",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk's quota is used up",
};

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && "syscall" in error;
}

export function systemErrorText({ code, path, syscall, message }: SystemError): string {
  const what = syscall === "mkdir" ? "make the folder" : syscall === "open" ? "open" : "write";
  return `can't ${what} ${path ?? "its output"}: ${reasons[code ?? ""] ?? message}`;
}
