/** Settings that are numbers: what is written may be out of range, or no number at all. */

export interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly isInteger?: boolean;
  readonly otherwise: number;
}

export interface NumberSetting {
  readonly value: number;
  /** Absent where the setting is used as it is written. */
  readonly remark?: string;
}

/**
 * @param name the setting's full name
 * @returns the nearest number that is allowed, and a word where that is another than what is written
 */
export function readNumber(name: string, written: unknown, range: NumberRange): NumberSetting {
  const { least, most, isInteger = false, otherwise } = range;
  const isNumber = typeof written === "number" && !Number.isNaN(written);
  const rounded = isNumber ? (isInteger ? Math.round(written) : written) : otherwise;
  const value = Math.min(most, Math.max(least, rounded));
  if (value === written) return { value };
  const allowed = !Number.isFinite(most)
    ? `a number from ${least}`
    : isInteger
      ? `a whole number from ${least} to ${most}`
      : `a number from ${least} to ${most}`;
  const shown = JSON.stringify(written) ?? String(written);
  return { value, remark: `The setting ${name} is ${shown}, but has to be ${allowed}: ${value} is used.` };
}
