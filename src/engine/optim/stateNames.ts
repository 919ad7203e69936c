/** Names in optimizer and scheduler states: PyTorch's in files, camelCase in programs. */

/** The names that break the rule. */
const irregular: readonly (readonly [program: string, file: string])[] = [
  ["tMax", "T_max"],
  ["tMult", "T_mult"],
  ["tCur", "T_cur"],
  ["tI", "T_i"],
  ["hDiag", "H_diag"],
];

/** `weightDecay` → `weight_decay` */
export function snakeCase(name: string): string {
  const known = irregular.find(([program]) => program === name);
  if (known) return known[1];
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `weight_decay` → `weightDecay` */
export function camelCase(name: string): string {
  const known = irregular.find(([, file]) => file === name);
  if (known) return known[0];
  return name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
