/** Words and numbers in the user's language. The adapters hand in VS Code's translations; tests read plain English. */

export type Translate = (message: string, ...values: (string | number)[]) => string;

/** Puts `values` in the places `{0}`, `{1}` … of `message`. */
function fill(message: string, ...values: (string | number)[]): string {
  return message.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
}

export const l10n: { t: Translate } = { t: fill };

export function speak(translate: Translate): void {
  l10n.t = translate;
}
