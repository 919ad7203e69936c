/** Several results of one operation, by name and, in their order, by place: `const { Q, R } = …` and `const [Q, R] = …`. */
import type { Tensor } from "../tensor.ts";

/** @api torch.NamedTuple */
export type NamedTuple<Names extends readonly string[], Value> = { readonly [Place in keyof Names]: Value } & { readonly [Name in Names[number]]: Value };

/**
 * What was chosen along a dimension, and where it was: `const { values, indices } = …` and `const [values, indices] = …`.
 * @api torch.ValuesAndIndices
 */
export interface ValuesAndIndices extends Iterable<Tensor> {
  readonly values: Tensor;
  readonly indices: Tensor;
  readonly 0: Tensor;
  readonly 1: Tensor;
  readonly length: 2;
}

/**
 * A list that also knows its entries by name and is shown as PyTorch shows it. To `Object.keys`, spreading and comparing
 * it is the list alone.
 * @param operation as PyTorch calls it: `max`, `linalg_qr`
 */
export function namedTuple<const Names extends readonly string[], Value>(operation: string, names: Names, values: readonly Value[]): NamedTuple<Names, Value> {
  const list = [...values];
  names.forEach((name, i) => hide(list, name, list[i]));
  const text = (): string => `torch.return_types.${operation}(\n${names.map((name, i) => `${inPython(name)}=${String(list[i])}`).join(",\n")})`;
  hide(list, "toString", text);
  hide(list, Symbol.for("nodejs.util.inspect.custom"), text);
  return list as unknown as NamedTuple<Names, Value>;
}

export function valuesAndIndices(operation: string, values: Tensor, indices: Tensor): ValuesAndIndices {
  return namedTuple(operation, ["values", "indices"], [values, indices]) as unknown as ValuesAndIndices;
}

const hide = (list: unknown[], name: string | symbol, value: unknown): void =>
  void Object.defineProperty(list, name, Object.assign(Object.create(null) as PropertyDescriptor, { value }));

/** `singularValues` → `singular_values`; names in capitals stay. */
const inPython = (name: string): string => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
