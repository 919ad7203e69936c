/** Names in optimizer and scheduler states: PyTorch's in files, camelCase in programs. */

/** The one name that breaks the rule. */
const irregular = { program: "tMax", file: "T_max" } as const;

/** `weightDecay` → `weight_decay` */
export function snakeCase(name: string): string {
  if (name === irregular.program) return irregular.file;
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `weight_decay` → `weightDecay` */
export function camelCase(name: string): string {
  if (name === irregular.file) return irregular.program;
  return name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
