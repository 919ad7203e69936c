/** Settings that are numbers: what is written may be out of range, or no number at all. */
import { l10n } from "./language.ts";

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
    ? l10n.t("a number from {0}", least)
    : isInteger
      ? l10n.t("a whole number from {0} to {1}", least, most)
      : l10n.t("a number from {0} to {1}", least, most);
  const shown = JSON.stringify(written) ?? String(written);
  return { value, remark: l10n.t("The setting {0} is {1}, but has to be {2}: {3} is used.", name, shown, allowed, value) };
}
