/** How tensors are printed: PyTorch's print options. */
import type { Int } from "./types.ts";

export type PrintProfile = "default" | "short" | "full";

interface Settings {
  readonly precision: number;
  readonly threshold: number;
  readonly edgeitems: number;
  readonly linewidth: number;
  readonly sciMode: boolean | null;
}

const defaults: Settings = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sciMode: null };

const profiles: Record<PrintProfile, Partial<Settings>> = {
  default: {},
  short: { precision: 2, edgeitems: 2 },
  full: { threshold: Infinity },
};

let current: Settings = defaults;

/** What is in force at present. */
export function printOptions(): Readonly<Settings> {
  return current;
}

/**
 * Sets how tensors are printed from now on. What isn't given stays as it is, but for `sciMode`, which goes back to being
 * decided for each tensor, and what a `profile` names.
 * @param precision digits after the point; 4 to begin with
 * @param threshold tensors with more elements than this are summarised; 1000 to begin with, `Infinity` never summarises
 * @param edgeitems how many entries a summary shows at either end of a dimension; 3 to begin with
 * @param linewidth characters of a line, after which the elements of a row go on in the next; 80 to begin with
 * @param profile a set to start from: `"default"`, `"short"` (2 digits, 2 edge items) or `"full"` (no summaries)
 * @param sciMode whether numbers are written like `1.0000e-05`; `null` to decide for each tensor by its values
 * @see https://pytorch.org/docs/stable/generated/torch.set_printoptions.html
 * @api torch.setPrintoptions
 */
export function setPrintoptions(
  precision: Int | null = null,
  threshold: number | null = null,
  edgeitems: Int | null = null,
  linewidth: Int | null = null,
  profile: PrintProfile | null = null,
  sciMode: boolean | null = null,
): void {
  const given = Object.fromEntries(Object.entries({ precision, threshold, edgeitems, linewidth }).filter(([, value]) => value !== null));
  current = { ...(profile === null ? current : { ...defaults, ...profiles[profile] }), ...given, sciMode };
}
