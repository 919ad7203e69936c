/** Labels of an axis: as short as the numbers allow, and all of one kind: `0.5`, `20`, `15k`, or `1e−4`. */
import { withMinus } from "../../src/run/numbers.ts";

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
  return value === 0
    ? "0"
    : withMinus(
        value
          .toExponential(2)
          .replace(/\.?0+e/, "e")
          .replace("e+", "e"),
      );
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(6)));
}
