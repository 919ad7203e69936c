/** The signatures of one form as TypeScript declares them, and as the running program reads them. */

/** `roll(input: Tensor, shifts: Int|Int[], dims?: Int|Int[])`, which `src/engine/forms/signature.ts` takes apart. */
export function signatureText(name, { parameters, keywords }) {
  const one = ({ name: own, kinds, optional, spread, isRest }) => `${isRest ? "*" : spread ? "..." : ""}${own}${optional ? "?" : ""}: ${kinds.join("|")}`;
  const places = parameters.map(one);
  if (keywords && keywords.members.length > 0) places.push(`{ ${keywords.members.map(one).join(", ")} }`);
  return `${name}(${places.join(", ")})`;
}

const typeOf = (parameter) =>
  parameter.type === "Tensors"
    ? "readonly Tensor[]"
    : parameter.type === "Sizes"
      ? "readonly number[]"
      : parameter.isRest
        ? listType(parameter.type)
        : parameter.type;
const listType = (type) => (type.startsWith("readonly ") ? type : `readonly ${type}`);
const elementOf = (parameter) =>
  parameter.type === "Sizes" ? "number" : parameter.type === "Tensors" ? "Tensor" : parameter.type.replace(/^readonly /, "").replace(/\[\]$/, "");
const member = ({ name, optional, ...rest }) => `${name}${optional ? "?" : ""}: ${typeOf({ name, optional, ...rest })}`;
const required = (parameter) => `${local(parameter.name)}: ${typeOf(parameter)}`;

/** Words of the language can be arguments by name, as PyTorch's `var` is, but not parameters. */
const WORDS = new Set(["var", "in", "default"]);
const local = (name) => (WORDS.has(name) ? `${name}_` : name);

/** `var_` in a declaration stands for `var`. */
export const publicName = (name) => (WORDS.has(name.slice(0, -1)) && name.endsWith("_") ? name.slice(0, -1) : name);

/** The object of all that may come by name, or `null` where nothing may. */
function namedType(parameters, keywords) {
  const members = [...parameters, ...(keywords?.members ?? [])].map(member);
  return members.length === 0 ? null : `{ ${members.join("; ")} }`;
}

const allOptional = (parameters, keywords) => [...parameters, ...(keywords?.members ?? [])].every(({ optional }) => optional);

/** Parameter lists: all by position first, then one for each number of arguments that stand before an object with the rest. */
export function parameterLists({ parameters, keywords }) {
  const options = keywords ? [`options${allOptional([], keywords) ? "?" : ""}: ${namedType([], keywords)}`] : [];
  const lists = [[...parameters.map((parameter, i) => place(parameter, parameters, keywords, i)), ...options].join(", ")];
  const spread = parameters.at(-1)?.spread ? parameters.at(-1) : null;
  if (spread?.isRest)
    return [[...parameters.slice(0, -1).map(required), `...${spread.name}: ${spread.isGeneric ? spread.type : `${elementOf(spread)}[]`}`].join(", ")];
  if (spread) {
    const before = parameters.slice(0, -1).map(required);
    lists.push([...before, `...${spread.name}: ${elementOf(spread)}[]`].join(", "));
    if (keywords)
      lists.push([...before, `...${spread.name}AndOptions: [...${spread.name}: ${elementOf(spread)}[], options: ${namedType([], keywords)}]`].join(", "));
  }
  for (let count = parameters.length - 1; count >= 0; count--) {
    lists.push([...parameters.slice(0, count).map(required), `named: ${namedType(parameters.slice(count), keywords)}`].join(", "));
  }
  return lists;
}

/** A parameter with a default that stands before one without can't be left out by position. */
function place(parameter, parameters, keywords, i) {
  const needed = parameters.slice(i + 1).some(({ optional }) => !optional) || (keywords && !allOptional([], keywords));
  return parameter.optional && !needed
    ? member({ ...parameter, name: local(parameter.name) })
    : parameter.optional
      ? `${required(parameter)} | undefined`
      : required(parameter);
}

/**
 * Parameter lists of a method. From the last argument that has to be given on, each place also takes the object, in one
 * list, so that a subclass's own method with plain parameters still fits.
 */
export function methodSignatures(form) {
  const { parameters, keywords } = form;
  if (parameters.length === 0 || parameters.at(-1).spread) return parameterLists(form);
  // TypeScript knows no `this` within the object's type.
  if (parameters.some(({ type }) => /\bthis\b/.test(type))) return parameterLists(form).slice(0, 1);
  const last = Math.max(
    0,
    parameters.findLastIndex(({ optional }) => !optional),
  );
  const places = parameters.map((parameter, i) =>
    i < last
      ? required(parameter)
      : `${local(parameter.name)}${parameter.optional ? "?" : ""}: ${alternative(typeOf(parameter))} | ${namedType(parameters.slice(i), keywords)}`,
  );
  if (keywords) places.push(`options${allOptional([], keywords) ? "?" : ""}: ${namedType([], keywords)}`);
  const byName = Array.from({ length: last }, (_, count) =>
    [...parameters.slice(0, count).map(required), `named: ${namedType(parameters.slice(count), keywords)}`].join(", "),
  );
  return [places.join(", "), ...byName];
}

const alternative = (type) => (type.includes("=>") ? `(${type})` : type);
