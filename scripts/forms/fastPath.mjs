/** Conditions under which a call's arguments are already in their places, so that the plain function can be called at once. */

const CHECKS = {
  Tensor: (value) => `${value} instanceof Tensor`,
  Scalar: (value) => `typeof ${value} === "number"`,
  number: (value) => `typeof ${value} === "number"`,
  Int: (value) => `Number.isInteger(${value})`,
  boolean: (value) => `typeof ${value} === "boolean"`,
  string: (value) => `typeof ${value} === "string"`,
  function: (value) => `typeof ${value} === "function"`,
  null: (value) => `${value} === null`,
  list: (value) => `isList(${value})`,
  "Int[]": (value) => `isShape(${value})`,
  "Tensor[]": (value) => `isTensors(${value})`,
  "Tensor[2]": (value) => `(isTensors(${value}) && ${value}.length === 2)`,
};

/** JavaScript that is true where `value` is of these kinds, or `null` where that takes longer than a moment. */
function check(value, kinds) {
  const rest = kinds.includes("Int") && kinds.includes("Int[]") ? ["size", ...kinds.filter((kind) => !kind.startsWith("Int"))] : kinds;
  const parts = rest.map((kind) => (kind === "size" ? `isSize(${value})` : kind.startsWith('"') ? `${value} === ${kind}` : CHECKS[kind]?.(value)));
  return parts.some((part) => part === undefined) ? null : parts.length === 1 ? parts[0] : `(${parts.join(" || ")})`;
}

/** The condition for one form, of the values called `names`; `null` where there is none worth having. */
export function inPlace({ parameters, keywords }, names) {
  if (keywords && keywords.members.some(({ optional }) => !optional)) return null;
  const conditions = [];
  for (const [i, name] of names.entries()) {
    const parameter = parameters[i];
    if (parameter === undefined || parameter.isRest) {
      conditions.push(`${name} === undefined`);
      continue;
    }
    const own = check(name, parameter.kinds);
    if (own === null && !parameter.optional) return null;
    conditions.push(own === null ? `${name} === undefined` : parameter.optional ? `(${name} === undefined || ${own})` : own);
  }
  return conditions.join(" && ");
}
