/** What a person may give other values: the constants at a file's top that have a literal, and the options of calls that do. Pure. */
import type { GivenConstant } from "../protocol/index.ts";
import { kindOf, type Literal } from "./literals.ts";
import { literalOptions, optionsNamed, type Option } from "./options.ts";
import { bare, parseProgram, type Node } from "./tree.ts";

export interface Constant extends Literal {
  readonly name: string;
}

/** What can't be given. The message says why, and what to do. */
export class NotGiven extends Error {}

export function literalConstants(text: string): Constant[] {
  return declared(text).flatMap(({ name, kind, isConst, value }) =>
    isConst && kind && value ? [{ name, kind, text: text.slice(value.start!, value.end!), start: value.start! }] : [],
  );
}

/**
 * What takes the place of a constant's literal, or of an option's where no constant has the name.
 * @param name of an option: `lr`, and where several have it `SGD.lr`, or `SGD.lr:12` with its line
 * @param values as a person writes them: `0.1`, `adam`, `true`
 * @throws NotGiven
 */
export function givenValues(text: string, name: string, values: readonly string[]): GivenConstant[] {
  const found = declared(text).filter((one) => one.name === name);
  const [only, another] = found;
  const constants = literalConstants(text).map((one) => `\`${one.name}\``);
  const others = constants.length > 0 ? ` Constants with one are ${constants.join(", ")}.` : "";
  if (!only) return valuesOf(optionOf(text, name, others), values);
  if (another) throw new NotGiven(`\`${name}\` is declared more than once.`);
  if (!only.isConst)
    throw new NotGiven(`\`${name}\` is no \`const\`: the program may change it, so it can't be given from outside. Declare it with \`const\`.`);
  const constant = literalConstants(text).find((one) => one.name === name);
  if (!constant) throw new NotGiven(`\`${name}\` is computed: only a number, a text, true or false that stands in the file can be replaced.${others}`);
  return valuesOf(constant, values);
}

function valuesOf(constant: Constant, values: readonly string[]): GivenConstant[] {
  const all = values.map((value) => literalOf(constant, value.trim()));
  const meant = all.map((value) => (constant.kind === "number" ? String(Number(value.replaceAll("_", ""))) : value));
  const twice = all.find((_, place) => meant.indexOf(meant[place]!) < place);
  if (twice !== undefined)
    throw new NotGiven(`\`${constant.name}\` is given ${twice} twice: the two would be one training. \`--seeds\` repeats it with other seeds.`);
  return all.map((value) => ({ name: constant.name, start: constant.start, was: constant.text, value }));
}

function optionOf(text: string, name: string, others: string): Option {
  const all = literalOptions(text);
  const [only, another] = optionsNamed(all, name);
  const written = all.length > 0 ? ` Options are ${all.map((one) => `\`${one.name}\``).join(", ")}.` : "";
  if (!only) throw new NotGiven(`The file has no top-level \`const ${name}\`, and no option of that name with a literal.${others}${written}`);
  if (another)
    throw new NotGiven(
      `\`${name}\` stands in several places: ${optionsNamed(all, name)
        .map((one) => `\`${one.name}\` in line ${one.line}`)
        .join(", ")}. Say which.`,
    );
  return only;
}

function literalOf({ name, kind }: Constant, value: string): string {
  if (kind === "number") {
    if (!/^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) throw new NotGiven(`\`${name}\` is a number, and \`${value}\` is none.`);
    return value;
  }
  if (kind === "flag") {
    if (value !== "true" && value !== "false") throw new NotGiven(`\`${name}\` is true or false, not \`${value}\`.`);
    return value;
  }
  return JSON.stringify(value.replace(/^(["'])(.*)\1$/s, "$2"));
}

interface Declared {
  readonly name: string;
  readonly isConst: boolean;
  readonly kind: Constant["kind"] | undefined;
  readonly value: Node | undefined;
}

function declared(text: string): Declared[] {
  return (parseProgram(text)?.body ?? []).flatMap((statement) => {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declaration?.type !== "VariableDeclaration") return [];
    return declaration.declarations.flatMap(({ id, init }) => {
      if (id.type !== "Identifier") return [];
      const value = init ? bare(init) : undefined;
      return [{ name: id.name, isConst: declaration.kind === "const", kind: value && kindOf(value), value }];
    });
  });
}
