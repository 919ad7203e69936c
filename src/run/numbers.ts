/** Numbers as people read them, in the editor, the panel and the terminal: few significant digits, a true minus sign, constant width where it can be. */

/** `12,345` */
export function formatCount(count: number): string {
  // By hand: making an `Intl.NumberFormat` would be felt where a runner starts.
  return Number.isFinite(count) ? count.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",") : formatNumber(count);
}

/** `1 value`, `2,048 values` */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : several}`;
}

/** Four significant digits unless told otherwise: `0.1234`, `12.34`, `12,345`, `1.234e−5`, `NaN`, `−∞`; `–` for none. */
export function formatNumber(value: number | undefined, digits = 4): string {
  if (value === undefined) return "–";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  // What is rounded decides: 9999.6 has four digits before the point, and reads as 10,000.
  const size = Math.abs(Number(value.toPrecision(digits)));
  if (size < 1e-3 || size >= 1e6) return withMinus(value.toExponential(digits - 1).replace("e+", "e"));
  if (size >= 1e4) return withMinus(formatCount(value));
  return withMinus(value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size)))));
}

export function withMinus(text: string): string {
  return text.replaceAll("-", "−");
}

/** `52.3 %`; what isn't nothing never reads as nothing, and what isn't all never reads as all. */
export function formatPercent(fraction: number): string {
  if (Number.isNaN(fraction)) return "–";
  const percent = fraction * 100;
  if (percent > 0 && percent < 0.05) return "< 0.1 %";
  if (percent < 100 && percent > 99.95) return "> 99.9 %";
  return `${percent.toFixed(1)} %`;
}

/** `0:42`, `12:05`, `1:02:03`; `–` for none. */
export function formatDuration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const two = (part: number): string => String(part).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** `1,235`, `81.2`, `3.14`; `–` for none. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return "–";
  return perSecond >= 100 ? formatCount(Math.round(perSecond)) : perSecond.toFixed(perSecond >= 10 ? 1 : 2);
}

/** `512`, `12.3 k`, `1.81 G`: three digits from ten thousand on. */
export function formatAmount(count: number): string {
  if (count < 1e4) return formatCount(count);
  return withPrefix(count, ["k", "M", "G", "T", "P"]);
}

/** `512 B`, `12.3 kB`, `1.81 MB`; a kB is 1,000 bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${formatCount(bytes)} B`;
  return `${withPrefix(bytes, ["k", "M", "G", "T", "P"])}B`;
}

function withPrefix(value: number, prefixes: readonly string[]): string {
  let size = value / 1e3;
  let at = 0;
  // What is rounded decides: 999,950 reads as 1.00 M.
  while (Number(size.toPrecision(3)) >= 1e3 && at < prefixes.length - 1) {
    size /= 1e3;
    at++;
  }
  return `${size < 1e3 ? size.toPrecision(3) : formatCount(size)} ${prefixes[at]}`;
}

/** `45.2 µs`, `1.23 ms`, `2.50 s`; `< 1 µs` for what is too short to be told, `–` for none. */
export function formatMilliseconds(time: number | undefined): string {
  if (time === undefined || !Number.isFinite(time)) return "–";
  if (time < 1e-3) return "< 1 µs";
  if (Number(time.toPrecision(3)) < 1) return `${short(time * 1e3)} µs`;
  if (Number(time.toPrecision(3)) < 1e3) return `${short(time)} ms`;
  return `${short(time / 1e3)} s`;
}

/** Three digits, but all those before the point. */
function short(value: number): string {
  return value >= 100 ? formatCount(Math.round(value)) : value.toPrecision(3);
}
