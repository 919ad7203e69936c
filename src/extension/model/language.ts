/** Words and numbers in the user's language. The adapters hand in VS Code's translations; tests read plain English. */

export type Translate = (message: string, ...values: (string | number)[]) => string;

/** Puts `values` in the places `{0}`, `{1}` … of `message`. */
function fill(message: string, ...values: (string | number)[]): string {
  return message.replace(/\{(\d+)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
}

export const l10n: { t: Translate } = { t: fill };

let integers = new Intl.NumberFormat("en");

/** @param locale a BCP 47 tag, as `vscode.env.language` */
export function speak(locale: string, translate: Translate): void {
  l10n.t = translate;
  integers = new Intl.NumberFormat(locale);
}

/** `5955` → `5,955` */
export function formatCount(count: number): string {
  return integers.format(count);
}

/** Four significant digits, scientific where a reader would count zeros; what is not a finite number says so. */
export function formatValue(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(3);
  return String(Number(value.toPrecision(4)));
}

/** `[32, 64]` → `32×64`; a scalar's empty shape is `scalar`. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? l10n.t("scalar") : shape.join("×");
}

/** `75` → `1:15`, `3700` → `1:01:40` */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
