/** What works and is probably not what was meant. */
const shown = new Set<string>();

/** Tells the program's author, once for each text. */
export function warnOnce(message: string): void {
  if (shown.has(message)) return;
  shown.add(message);
  console.warn(`UserWarning: ${message}`);
}
