/** Where a module's file is, seen from the program: `networks` → `networks.ts`, `..models.unet` → `../models/unet.ts`. */
export function modulePath(module: string, extension: "py" | "ts"): string {
  const [, dots, rest] = /^(\.*)(.*)$/.exec(module)!;
  return `${"../".repeat(Math.max(0, dots!.length - 1))}${rest!.replaceAll(".", "/")}.${extension}`;
}
