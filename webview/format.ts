/** Numbers as people read them in a table: few significant digits, a true minus sign, constant width where it can be. */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `12,345` */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** Four significant digits unless told otherwise: `0.1234`, `12.34`, `1.234e−5`, `NaN`, `−∞`. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === undefined) return "–";
  if (value === null || Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return withMinus(value.toExponential(digits - 1).replace("e+", "e"));
  if (size >= 1e4 && Number.isInteger(value)) return withMinus(formatCount(value));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return withMinus(value.toFixed(Math.min(decimals, 6)));
}

/** For axes: as short as the numbers allow, and all of one kind: `0.5`, `20`, `15k`, or `1e−4`. */
export function formatTicks(values: readonly (number | null)[]): string[] {
  const plain = values.map((value) => (value === null ? "" : plainTick(value)));
  if (plain.every((text) => text.length <= longestTick)) return plain;
  return values.map((value) => (value === null ? "" : exponentTick(value)));
}

const longestTick = 6;

function plainTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return withMinus(`${shortest(value / 1e6)}M`);
  if (size >= 1e4) return withMinus(`${shortest(value / 1e3)}k`);
  return withMinus(shortest(value));
}

function exponentTick(value: number): string {
  return value === 0 ? "0" : withMinus(value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e"));
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function withMinus(text: string): string {
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

/** `0:42`, `12:05`, `1:02:03` */
export function formatDuration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const s = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${s}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${s}`;
}

/** `32×64`; a tensor without dimensions is a `scalar`. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? "scalar" : shape.join("×");
}

export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return "–";
  return perSecond >= 100 ? formatCount(Math.round(perSecond)) : perSecond.toFixed(perSecond >= 10 ? 1 : 2);
}

export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** `1 value`, `2,048 values` */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : several}`;
}
