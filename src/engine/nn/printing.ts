/** How Python writes values: what stands between a module's parentheses is PyTorch's text, character for character. */

/** As Python's `repr` of a number: exponents have two digits and begin below 1e-4 and at 1e16. */
export function number(value: number): string {
  const magnitude = Math.abs(value);
  if (value === 0 || !Number.isFinite(value)) return Number.isFinite(value) ? "0" : infinite(value);
  if (magnitude >= 1e-4 && magnitude < 1e16) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

/** As Python's `repr` of a float: whole ones end in `.0`. */
export function pythonFloat(value: number): string {
  const text = number(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** A float that was left at its whole default prints with `.0`, as it stands in PyTorch; one that was given prints as given. */
export function float(value: number, byDefault: number): string {
  return value === byDefault ? pythonFloat(value) : number(value);
}

function infinite(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

export function boolean(value: boolean): string {
  return value ? "True" : "False";
}

/** A number, `None`, or a tuple: `(3, 3)`, `(64,)`. */
export function sizes(value: number | null | readonly (number | null)[]): string {
  if (value === null) return "None";
  if (typeof value === "number") return number(value);
  const items = value.map((item) => (item === null ? "None" : number(item)));
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}
