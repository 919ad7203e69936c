/** Text: template literals as f-strings, numbers with the decimals that they are asked for. */
import { expression } from "./grammar.ts";
import type { Context } from "./context.ts";
import { access, atom, binds, code, escaped, insideFormat, quoted, type Code } from "./python.ts";
import { bare, keyName, type Node } from "./syntax.ts";
import { string, type Type } from "./types.ts";

/** What stands in the braces of an f-string. */
interface Field {
  readonly value: Code;
  /** What stands behind the colon. */
  readonly format: string;
}

export function template(context: Context, node: Extract<Node, { type: "TemplateLiteral" }>): Code {
  const parts: string[] = [];
  /** Text as it is, and fields in braces. */
  let open: { readonly text: string; readonly isField: boolean }[] = [];
  const close = (): void => {
    const isFormat = open.some(({ isField }) => isField);
    const text = open.map((each) => (isFormat && !each.isField ? each.text.replaceAll("{", "{{").replaceAll("}", "}}") : each.text)).join("");
    if (text !== "") parts.push(`${isFormat ? "f" : ""}"${text}"`);
    open = [];
  };
  node.quasis.forEach((quasi, i) => {
    open.push({ text: escaped(quasi.value.cooked ?? quasi.value.raw, '"'), isField: false });
    const each = node.expressions[i];
    if (!each) return;
    const { value, format } = field(context, each);
    const inside = insideFormat(value.text);
    if (inside !== undefined) {
      const needsParentheses = value.tight === binds.lambda || /^\{|lambda|:=|!=/.test(inside);
      open.push({ text: `{${needsParentheses ? `(${inside})` : inside}${format}}`, isField: true });
      return;
    }
    // Python's f-strings can't hold every expression.
    close();
    parts.push(format === "" || format === "!s" ? `str(${value.text})` : `format(${value.text}, ${quoted(format.slice(1))})`);
  });
  close();
  if (parts.length === 0) return atom('""', string);
  return parts.length === 1 ? atom(parts[0]!, string) : code(parts.join(" + "), binds.sum, string);
}

/** What an interpolated expression looks like in an f-string. */
function field(context: Context, node: Node): Field {
  const padded = paddedField(context, node);
  if (padded) return padded;
  const formatted = formattedNumber(context, node);
  if (formatted) return formatted;
  return plainField(context, stringified(node) ?? node);
}

function plainField(context: Context, node: Node): Field {
  const made = expression(context, node);
  if (isElementType(made.type)) return { value: numberText(made), format: "" };
  switch (made.type.kind) {
    case "boolean":
      return { value: access(`str(${made.text}).lower()`, string), format: "" };
    case "tensor":
      return { value: made, format: "!s" };
    case "list":
    case "tuple":
      return { value: access(`",".join(map(str, ${made.text}))`, string), format: "" };
    default:
      return { value: made, format: "" };
  }
}

/** `String(x)`, `x.toString()` */
function stringified(node: Node): Node | undefined {
  const inner = bare(node);
  if (inner.type !== "CallExpression") return undefined;
  if (inner.callee.type === "Identifier" && inner.callee.name === "String" && inner.arguments.length === 1) return inner.arguments[0];
  return inner.callee.type === "MemberExpression" && keyName(inner.callee.property) === "toString" && inner.arguments.length === 0
    ? inner.callee.object
    : undefined;
}

/** `x.toFixed(4)` and its like. */
function formattedNumber(context: Context, node: Node): Field | undefined {
  const inner = bare(node);
  const [x, places] = context.callOfPythons("fixed", inner)?.arguments ?? [];
  if (x && places) return { value: expression(context, x), format: `:.${expression(context, places).text}f` };
  if (inner.type !== "CallExpression" || inner.callee.type !== "MemberExpression" || inner.callee.computed) return undefined;
  const name = keyName(inner.callee.property);
  const [first] = inner.arguments;
  const digits = (fallback: string): string | undefined =>
    first === undefined ? fallback : first.type === "NumericLiteral" ? String(first.value) : insideFormat(`{${expression(context, first).text}}`);
  const { object } = inner.callee;
  const value = (): Code => expression(context, object);
  switch (name) {
    case "toFixed": {
      const places = digits("0");
      return places === undefined ? undefined : { value: value(), format: `:.${places}f` };
    }
    case "toExponential": {
      const places = digits("6");
      return places === undefined ? undefined : { value: value(), format: `:.${places}e` };
    }
    case "toPrecision": {
      const places = digits("6");
      return places === undefined ? undefined : { value: value(), format: `:#.${places}g` };
    }
    case "toLocaleString": {
      const made = value();
      const isFloat = made.type.kind === "number" && made.type.whole === false;
      return made.type.kind === "string"
        ? undefined
        : isFloat
          ? { value: access(`round(${made.text}, 3)`, made.type), format: ":," }
          : { value: made, format: ":," };
    }
    default:
      return undefined;
  }
}

/** `text.padStart(8)`, `x.toFixed(2).padStart(8)` */
function paddedField(context: Context, node: Node): Field | undefined {
  const inner = bare(node);
  if (inner.type !== "CallExpression" || inner.callee.type !== "MemberExpression") return undefined;
  const name = keyName(inner.callee.property);
  if (name !== "padStart" && name !== "padEnd") return undefined;
  const [length, fill] = inner.arguments;
  const letter = fill === undefined ? "" : fill.type === "StringLiteral" && fill.value.length === 1 && !/["'{}\\]/.test(fill.value) ? fill.value : undefined;
  if (letter === undefined || !length) return undefined;
  const width = length.type === "NumericLiteral" ? String(length.value) : insideFormat(`{${expression(context, length).text}}`);
  if (width === undefined) return undefined;
  const { object } = inner.callee;
  const number = formattedNumber(context, object);
  const own = number ?? plainField(context, stringified(object) ?? object);
  const sign = name === "padStart" ? ">" : "<";
  const isText = own.value.type.kind === "string";
  if (own.format === "!s") return { value: own.value, format: `!s:${letter}${sign}${width}` };
  return { value: own.value, format: `:${letter}${sign === "<" && isText && letter === "" ? "<" : sign}${width}${own.format.slice(1)}` };
}

/** A call such as `x.toFixed(2)` or `x.padStart(8)` outside of a template. */
export function formattedCall(context: Context, node: Node): Code | undefined {
  const made = paddedField(context, node) ?? formattedNumber(context, node);
  if (!made) return undefined;
  const inside = insideFormat(made.value.text);
  if (inside === undefined) return access(`format(${made.value.text}, ${quoted(made.format.slice(1))})`, string);
  return atom(`f"{${inside}${made.format}}"`, string);
}

/** The name of a type of elements, without the module that Python writes before it. */
export const isElementType = (type: Type): boolean => type.kind === "instance" && type.path === "dtype";

/** A value as JavaScript writes it where text is put together. */
export function numberText(made: Code): Code {
  const type: Type = made.type;
  if (isElementType(type)) return access(`str(${made.text}).removeprefix("torch.")`, string);
  if (type.kind === "boolean") return access(`str(${made.text}).lower()`, string);
  if (type.kind === "list") return access(`",".join(map(str, ${made.text}))`, string);
  return access(`str(${made.text})`, string);
}
