/** How tensors are printed: PyTorch's print options. */

export interface PrintOptions {
  /** Digits after the point. Default 4. */
  precision?: number;
  /** Tensors with more elements than this are summarised. Default 1000; `Infinity` never summarises. */
  threshold?: number;
  /** How many entries a summary shows at either end of a dimension. Default 3. */
  edgeitems?: number;
  /** Characters of a line, after which the elements of a row go on in the next. Default 80. */
  linewidth?: number;
  /** A set of options to start from: `"default"`, `"short"` (2 digits, 2 edge items) or `"full"` (no summaries). */
  profile?: "default" | "short" | "full";
  /** Whether numbers are written like `1.0000e-05`. Default `null`: decided for each tensor by its values. */
  sciMode?: boolean | null;
}

type Settings = Required<Omit<PrintOptions, "profile">>;

const defaults: Settings = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sciMode: null };

const profiles: Record<NonNullable<PrintOptions["profile"]>, Partial<Settings>> = {
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
 * Sets how tensors are printed from now on. Options that aren't given stay as they are, but for `sciMode`, which goes
 * back to being decided for each tensor, and those that a `profile` names.
 * See https://pytorch.org/docs/stable/generated/torch.set_printoptions.html
 */
export function setPrintoptions({ profile, sciMode = null, ...rest }: PrintOptions): void {
  const start = profile === undefined ? current : { ...defaults, ...profiles[profile] };
  current = { ...start, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)), sciMode };
}
