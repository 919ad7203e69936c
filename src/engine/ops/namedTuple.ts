/** Several results of one operation, by name and, in their order, by place: `const { Q, R } = …` and `const [Q, R] = …`. */

export type NamedTuple<Names extends readonly string[], Value> =
  { readonly [Place in keyof Names]: Value } & { readonly [Name in Names[number]]: Value };

export function namedTuple<const Names extends readonly string[], Value>(names: Names, values: readonly Value[]): NamedTuple<Names, Value> {
  return Object.assign([...values], Object.fromEntries(names.map((name, i) => [name, values[i]]))) as unknown as NamedTuple<Names, Value>;
}
