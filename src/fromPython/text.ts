/** Python's texts of values: f-strings, `%`, `str.format` and what `print` writes. */
import { level, NoTwin, primary, within, type Code } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { lossNames } from "./guesses.ts";
import { givenFields } from "./fields.ts";
import { isFile } from "./files.ts";
import { keyText, listed, quoted, type Doc } from "./layout.ts";
import type { Call, Expression, FormatPart } from "./syntax.ts";
import { findMethod, isBelow, isException, itemOf, present, unknown, type Type } from "./types.ts";

/** Texts and expressions, one behind the other. */
export type Parts = (string | Doc)[];

/** A literal: a plain string where nothing is put in, else a template. */
export function template(parts: readonly ({ text: string } | { code: Code })[]): Code {
  if (parts.every((part) => "text" in part)) return primary(quoted(parts.map((part) => part.text).join("")));
  if (parts.length === 1 && "code" in parts[0]!) return parts[0].code;
  const inside = parts.flatMap((part): Doc[] => ("text" in part ? [escaped(part.text)] : (insideOf(part.code.doc) ?? ["${", part.code.doc, "}"])));
  return primary("`", ...inside, "`");
}

/** What stands between the quotes of a template. */
function insideOf(doc: Doc): Doc[] | undefined {
  return Array.isArray(doc) && doc[0] === "`" && doc.at(-1) === "`" && !doc.slice(1, -1).includes("`") ? doc.slice(1, -1) : undefined;
}

function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("`", "\\`")
    .replaceAll("${", "\\${")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll("\r", "\\r")
    .replaceAll("\u001b", "\\x1b");
}

export function formatText(to: Expressions, parts: readonly (string | FormatPart)[]): Code {
  return template(
    parts.map((part) => {
      if (typeof part === "string") return { text: part };
      if (part.spec.length > 0 && /^[rs]$/.test(part.conversion)) return { code: formatted(to, converted(part.value, part.conversion), part.spec) };
      if (part.conversion === "r") return { code: reprOf(to, part.value) };
      return part.spec.length === 0 ? { code: inTemplate(to, part.value) } : { code: formatted(to, part.value, part.spec) };
    }),
  );
}

/** `repr(value)` or `str(value)`: the text that a spec is for. */
function converted(value: Expression, conversion: string): Expression {
  const place = { from: value.from, to: value.to };
  const callee: Expression = { kind: "name", name: conversion === "r" ? "repr" : "str", ...place };
  return { kind: "call", callee, arguments: [{ value }], ...place, type: { kind: "string" } };
}

/** A value where a template stands around it: numbers and texts go in as they are. */
function inTemplate(to: Expressions, value: Expression): Code {
  const type = present(to.typeOf(value));
  if (type.kind === "string" || type.kind === "int" || type.kind === "number") return to.expression(value);
  if (type.kind === "tensor" && type.numpy === undefined) return primary(to.context.helper("format"), "(", to.expression(value).doc, ")");
  if (type.kind === "object" || (type.kind === "instance" && !printsFields(type) && !isException(type))) return to.expression(value);
  return strOf(to, value);
}

/** `str(value)`. */
export function strOf(to: Expressions, value: Expression): Code {
  const type = to.typeOf(value);
  if (type.kind === "string") return to.expression(value);
  if (type.kind === "pair") return primary("String(", to.expression(value).doc, ")");
  if (type.kind === "tensor" && type.numpy !== undefined) return primary(to.context.helper("arrayText"), "(", to.expression(value).doc, ")");
  return reprOf(to, value, true);
}

/** `keys`, `values` or `items` of a dictionary, which Python shows by that name. */
function viewOf(to: Expressions, value: Expression): string | undefined {
  if (value.kind !== "call" || value.callee.kind !== "attribute" || !/^(keys|values|items)$/.test(value.callee.name)) return undefined;
  const { object, name } = value.callee;
  const type = present(to.typeOf(object));
  if (type.kind !== "dict") return undefined;
  const isOrdered = type.made === "OrderedDict" || (object.kind === "call" && object.callee.kind === "attribute" && object.callee.name === "state_dict");
  return `${isOrdered ? "odict" : "dict"}_${name}`;
}

/** `repr(value)`, or `str(value)` of what isn't known. */
export function reprOf(to: Expressions, value: Expression, asText = false): Code {
  const view = viewOf(to, value);
  if (view) {
    const list: Expression = { kind: "list", entries: [{ kind: "starred", value, from: value.from, to: value.to }], from: value.from, to: value.to };
    const entries = textOf(to, to.expression(list), { kind: "list", of: itemOf(to.typeOf(value)) }, false);
    return primary("`", `${view}(\${`, entries.doc, "})", "`");
  }
  const isFields = value.kind === "attribute" && value.name === "__dict__";
  // The object itself doesn't say its fields.
  const code = isFields ? primary("{ ...", to.operand(value.object, level.assignment), " }") : to.expression(value);
  return textOf(to, code, to.typeOf(value), asText);
}

function textOf(to: Expressions, code: Code, type: Type, asText: boolean): Code {
  const { context } = to;
  switch (type.kind) {
    case "int":
    case "number":
    case "object":
      return primary("String(", code.doc, ")");
    case "instance":
      if (!asText && type.of.isEnum && !findMethod(type.of, "__repr__")) return primary(context.helper("member"), "(", code.doc, ")");
      if (asText && isException(type)) return primary(within(code, level.primary), ".message");
      if (!printsFields(type)) return primary("String(", code.doc, ")");
      break;
    case "tensor":
      if (type.numpy === undefined) return primary("String(", code.doc, ")");
      break;
    case "float":
      return primary(context.helper("decimal"), "(", code.doc, ")");
    case "any":
      if (type.floats) return primary(context.helper("floatsText"), "(", code.doc, ")");
      break;
    case "bool":
      return { doc: [within(code, level.or), ' ? "True" : "False"'], level: level.conditional };
    case "none":
      return primary('"None"');
    case "error":
      return asText ? primary("(", code.doc, " as Error).message") : primary(context.helper("errorText"), "(", code.doc, ")");
    case "size":
      return primary(context.helper("size"), "(", code.doc, ")");
    case "list": {
      if (type.made) break;
      const array = within(code, level.primary);
      const plain = type.of.kind === "int" || type.of.kind === "number";
      if (plain && !type.tuple) return primary("`", "[${", array, '.join(", ")}]', "`");
      if (type.of.kind === "float" && !type.tuple) return primary("`", "[${", array, ".map(", context.helper("decimal"), ').join(", ")}]', "`");
      break;
    }
    case "dtype":
      return type.of ? primary(quoted(type.of)) : primary(context.helper("dtypeText"), "(", code.doc, ")");
    default:
      break;
  }
  const made = madeText(to, code.doc, type);
  if (made) return made;
  if (type.kind === "dict" ? type.namespace : printsFields(type)) return fieldsText(to, code.doc, type);
  const kind = kindText(type, (one) => leafText(to, one), "repr");
  if (kind) return primary(context.helper("repr"), listed("(", [code.doc, kind], ")"));
  return primary(context.helper(asText ? "str" : "repr"), "(", code.doc, ")");
}

/** `Counter({…})`, `OrderedDict([…])`, `defaultdict(<class 'int'>, {…})`, `deque([…])`. */
function madeText(to: Expressions, value: Doc, type: Type): Code | undefined {
  if ((type.kind !== "dict" && type.kind !== "list") || !type.made) return undefined;
  const plain = { ...type, made: undefined };
  const kind = kindText(plain, (one) => leafText(to, one), "repr");
  return primary(to.context.helper("madeText"), listed("(", [value, quoted(type.made), ...(kind ? [kind] : [])], ")"));
}

/** Whether it is of a dataclass, or a named tuple, that doesn't say itself how it prints. */
function printsFields(type: Type): type is Type & { kind: "instance" } {
  return type.kind === "instance" && type.of.dataclass && !findMethod(type.of, "__str__") && !findMethod(type.of, "__repr__");
}

/** `Config(lr=0.1, sizes=(3, 4))`. */
function fieldsText(to: Expressions, value: Doc, type: Type): Code {
  const fields = type.kind === "instance" ? type.of.fields : type.kind === "dict" ? type.fields : undefined;
  // A field that holds its like says what itself is.
  const known = new Map([...(fields ?? [])].filter(([, field]) => !printsFields(present(field)) || present(field) !== type));
  const kind = kindText({ kind: "dict", key: unknown, value: unknown, fields: known }, (one) => leafText(to, one), "repr");
  const name = type.kind === "dict" ? [quoted("Namespace")] : [];
  const declared = type.kind === "instance" ? givenFields(type.of, true) : [];
  // What a dataclass sets beside its fields, Python doesn't show.
  const names =
    type.kind === "instance" && [...type.of.fields.keys()].some((one) => !declared.includes(one)) ? listed("[", declared.map(quoted), "]") : undefined;
  const further = names ? [kind ?? "undefined", "undefined", names] : name.length > 0 ? [kind ?? "undefined", ...name] : kind ? [kind] : [];
  return primary(to.context.helper("fieldsText"), listed("(", [value, ...further], ")"));
}

/** A function that writes what its value doesn't say itself. */
function leafText(to: Expressions, type: Type): Doc | undefined {
  const made = madeText(to, "one", type);
  if (made) return ["(one: any) => ", made.doc];
  if (type.kind === "instance" && type.of.isEnum && !findMethod(type.of, "__repr__")) return to.context.helper("member");
  if (printsFields(type)) return ["(one: any) => ", fieldsText(to, "one", type).doc];
  if (type.kind === "float") return to.context.helper("decimal");
  if (type.kind === "any" && type.floats) return to.context.helper("floatsText");
  if (type.kind === "size") return to.context.helper("size");
  if (type.kind === "tensor" && type.numpy !== undefined) return ["(array: any) => ", to.context.helper("arrayText"), `(array, ${quoted(type.numpy)})`];
  if (type.kind === "dtype") return type.of ? ["() => ", quoted(`dtype('${type.of}')`)] : to.context.helper("dtypeText");
  return undefined;
}

/**
 * What the values inside a value don't say themselves, for `repr` and `json`; undefined where they say all.
 * @param leaf the function that writes a value that holds none
 */
function kindText(type: Type, leaf: (type: Type) => Doc | undefined, of: "repr" | "json"): Doc | undefined {
  const inner = (one: Type) => kindText(one, leaf, of);
  const object = (entries: readonly (readonly [string, Doc | undefined])[]): Doc | undefined => {
    const known = entries.filter(([, kind]) => kind !== undefined).map(([name, kind]): Doc => [keyText(name), ": ", kind!]);
    return known.length > 0 ? listed("{", known, "}", { spaced: true }) : undefined;
  };
  const ordered = (kinds: readonly (Doc | undefined)[]): Doc | undefined =>
    kinds.some((kind) => kind !== undefined)
      ? listed(
          "[",
          kinds.map((kind) => kind ?? "undefined"),
          "]",
        )
      : undefined;
  const [tuple, plain]: [[string, Doc | undefined], Doc] = of === "repr" ? [["tuple", "true"], "repr"] : [["tuple", undefined], "String"];
  if (of === "repr" && (type.kind === "dict" || type.kind === "list") && type.made) return leaf(type);
  switch (type.kind) {
    case "nullable":
      return inner(type.of);
    case "list":
      return object([...(type.tuple ? [tuple] : []), ["each", inner(type.of)]]);
    case "set":
    case "iterator":
      return object([["each", inner(type.of)]]);
    case "tuple":
      return object([tuple, ["of", ordered(type.entries.map(inner))]]);
    case "dict": {
      const others = type.fields && !type.open ? undefined : inner(type.value);
      // What says all itself isn't written as others are.
      const usual = others === undefined ? undefined : plain;
      return object([
        ["keys", inner(type.key)],
        ["of", object(Array.from(type.fields ?? [], ([name, field]) => [name, inner(field) ?? usual]))],
        ["each", others],
      ]);
    }
    default:
      return leaf(type);
  }
}

/** `json.dumps(value, …)`. */
export function jsonText(to: Expressions, call: Call): Code {
  const [value, ...options] = call.arguments;
  if (!value || value.name) throw new NoTwin("`json.dumps` takes what it writes first", call.from);
  const kind = kindText(
    to.typeOf(value.value),
    (type) => (type.kind === "float" || (type.kind === "any" && type.floats) ? leafText(to, type) : undefined),
    "json",
  );
  const named = options.map(({ name, value: option }): Doc => {
    if (!name || !/^(indent|sort_keys|ensure_ascii|separators|default)$/.test(name))
      throw new NoTwin(`\`json.dumps\` has no \`${name ?? "**"}\` here`, call.from);
    return [name, ": ", to.argument(option)];
  });
  const further = named.length > 0 ? [kind ?? "undefined", listed("{", named, "}", { spaced: true })] : kind ? [kind] : [];
  return primary(to.context.helper("json"), listed("(", [to.argument(value.value), ...further], ")"));
}

/** `f"{value:spec}"`. */
export function formatted(to: Expressions, value: Expression, spec: readonly (string | FormatPart)[]): Code {
  const type = present(to.typeOf(value));
  const known = spec.every((part) => typeof part === "string") ? shortForm(to, value, type, spec.join("")) : undefined;
  if (known) return known;
  const specText = spec.every((part) => typeof part === "string") ? primary(quoted(spec.join(""))) : formatText(to, spec);
  return primary(to.context.helper("format"), "(", to.expression(value).doc, ", ", specText.doc, ")");
}

/** The spec in TypeScript's own words, where there are any. */
/** Whether it comes of losses: JavaScript writes it as Python does then, which rounds what lies half way to the even digit. */
function isLossLike(value: Expression): boolean {
  switch (value.kind) {
    case "name":
      return lossNames.test(value.name);
    case "attribute":
      return lossNames.test(value.name) || isLossLike(value.object);
    case "index":
      return isLossLike(value.object);
    case "call":
      return isLossLike(value.callee) || value.arguments.some((argument) => isLossLike(argument.value));
    case "binary":
      return isLossLike(value.left) || (value.operator !== "/" && isLossLike(value.right));
    default:
      return false;
  }
}

/** Whether a program reckons with a loss that is no number: `toFixed` would write it in JavaScript's way. */
function speaksOfNaN(source: string): boolean {
  return /\b(nan|isnan|isfinite|isinf|inf)\b/.test(source);
}

function shortForm(to: Expressions, value: Expression, type: Type, spec: string): Code | undefined {
  const match = /^([<>])?(\+)?(0)?(\d+)?(,)?(?:\.(\d+))?([fd%s])?$/.exec(spec);
  if (!match) return undefined;
  const [, align, sign, zero, width, comma, digits, form] = match;
  const numeric = ["int", "float", "number"].includes(type.kind) || (type.kind === "tensor" && (form === "f" || form === "%"));
  if (!numeric && type.kind !== "string") return undefined;
  const bare = type.kind === "tensor" ? primary(to.receiver(value), ".item()") : to.certain(value);
  let code: Code;
  if (type.kind === "string") {
    if (sign || comma || digits || form === "f" || form === "%" || form === "d") return undefined;
    code = bare;
  } else if (form === "f" && !comma) {
    // A sign would stand behind the zeros.
    if (zero) return undefined;
    const places = Number(digits ?? 6);
    // Half way between two with six places lie odd multiples of 1/128 alone.
    code =
      places > 5 || (isLossLike(value) && !speaksOfNaN(to.context.source))
        ? primary(within(bare, level.primary), `.toFixed(${places})`)
        : primary(to.context.helper("fixed"), "(", bare.doc, `, ${places})`);
  } else if (form === "%") {
    code = primary("`", "${", to.context.helper("fixed"), "(", within(bare, level.times), ` * 100, ${digits ?? 6})}%`, "`");
  } else if (comma && !digits && type.kind === "int" && (form === undefined || form === "d")) {
    const receiver = typeof bare.doc === "string" && /^\d/.test(bare.doc) ? ["(", bare.doc, ")"] : within(bare, level.primary);
    code = primary(receiver, '.toLocaleString("en-US")');
  } else if (!comma && digits === undefined && type.kind === "int" && (form === undefined || form === "d")) {
    code = width === undefined ? bare : primary("String(", bare.doc, ")");
  } else {
    return undefined;
  }
  if (sign) {
    if (typeof bare.doc !== "string" && !isSimple(bare.doc)) return undefined;
    if (width !== undefined) return undefined;
    return template([{ code: { doc: [within(bare, level.relation), ' < 0 ? "" : "+"'], level: level.conditional } }, { code }]);
  }
  if (width === undefined) return code;
  const left = align ? align === "<" : type.kind === "string";
  // A sign stands in front of the zeros.
  if (zero && !align && type.kind !== "string" && isBelow(type)) return undefined;
  if (zero && !align) return primary(within(code, level.primary), `.padStart(${width}, "0")`);
  return primary(within(code, level.primary), left ? `.padEnd(${width})` : `.padStart(${width})`);
}

/** Whether it may well stand there twice. */
function isSimple(doc: Doc): boolean {
  return typeof doc === "string" ? /^[\w.[\]"']*$/.test(doc) : Array.isArray(doc) && doc.every((one) => isSimple(one as Doc));
}

/** `"… %.3f …" % values`. */
export function percentText(to: Expressions, text: string, given: readonly Expression[]): Code {
  const values = given.length === 1 ? entriesOf(to, given[0]!) : given;
  let next = 0;
  const parts: ({ text: string } | { code: Code })[] = [];
  let last = 0;
  const unknownForm = /%[-+0 #]*[\d*]*(?:\.\d+)?(?![-+0 #\d.*]|[sdifeEgGrxoc]).?/.exec(text.replaceAll("%%", ""));
  if (unknownForm) throw new NoTwin(`\`${unknownForm[0]}\` in a text has no twin here`, given[0]!.from);
  for (const match of text.matchAll(/%([-+0 ]*)(\d+|\*)?(?:\.(\d+))?([sdifeEgGrxoc%])/g)) {
    if (match.index > last) parts.push({ text: text.slice(last, match.index) });
    last = match.index + match[0].length;
    const [, flags, width, digits, form] = match;
    if (form === "%") {
      parts.push({ text: "%" });
      continue;
    }
    const value = values[next++];
    if (!value) continue;
    const type = present(to.typeOf(value));
    const padding = width ? `${flags!.includes("-") ? "<" : type.kind === "string" || form === "s" ? ">" : ""}${flags!.includes("0") ? "0" : ""}${width}` : "";
    const sign = flags!.includes("+") ? "+" : "";
    if (form === "r") parts.push({ code: reprOf(to, value) });
    else if (form === "o" || form === "x") parts.push({ code: formatted(to, value, [`${padding}${form}`]) });
    else if (form === "s" || !/^[fdieg]$/.test(form!)) {
      parts.push({ code: padding ? formatted(to, value, [padding]) : inTemplate(to, value) });
    } else if ((form === "d" || form === "i") && type.kind === "float") {
      parts.push({
        code: padding
          ? primary("String(Math.trunc(", to.expression(value).doc, `)).padStart(${width})`)
          : primary("Math.trunc(", to.expression(value).doc, ")"),
      });
    } else {
      parts.push({
        code: formatted(to, value, [
          `${padding && sign ? padding.replace(/^([<>]?)/, `$1${sign}`) : sign + padding}${form === "d" || form === "i" ? "d" : `.${digits ?? 6}${form}`}`,
        ]),
      });
    }
  }
  if (last < text.length) parts.push({ text: text.slice(last) });
  return template(parts);
}

/** The entries of a tuple that has a name, each for itself. */
function entriesOf(to: Expressions, value: Expression): readonly Expression[] {
  const type = present(to.typeOf(value));
  if (type.kind !== "tuple" || value.kind !== "name") return [value];
  return type.entries.map((entry, at): Expression => {
    const index: Expression = { kind: "number", text: String(at), from: value.from, to: value.to, type: { kind: "int" } };
    return { kind: "index", object: value, subscripts: [index], from: value.from, to: value.to, type: entry };
  });
}

/** `"… {} …".format(values)`. */
export function formatMethod(to: Expressions, text: string, call: Call): Code {
  let next = 0;
  const parts: ({ text: string } | { code: Code })[] = [];
  let last = 0;
  for (const match of text.matchAll(/\{\{|\}\}|\{(\w*)(?:!([rsa]))?(?::([^{}]*))?\}/g)) {
    if (match.index > last) parts.push({ text: text.slice(last, match.index) });
    last = match.index + match[0].length;
    if (match[0] === "{{" || match[0] === "}}") {
      parts.push({ text: match[0][0]! });
      continue;
    }
    const [, key, conversion, spec] = match;
    const argument = key === "" ? call.arguments[next++] : /^\d+$/.test(key!) ? call.arguments[Number(key)] : call.arguments.find(({ name }) => name === key);
    if (!argument) continue;
    if (spec && /^[rs]$/.test(conversion ?? "")) parts.push({ code: formatted(to, converted(argument.value, conversion!), [spec]) });
    else if (conversion === "r") parts.push({ code: reprOf(to, argument.value) });
    else parts.push({ code: spec ? formatted(to, argument.value, [spec]) : inTemplate(to, argument.value) });
  }
  if (last < text.length) parts.push({ text: text.slice(last) });
  return template(parts);
}

/** `print(…)`. */
export function printed(to: Expressions, call: Call): Code {
  const named = (name: string) => call.arguments.find((argument) => argument.name === name)?.value;
  const values = call.arguments.filter(({ name }) => !name);
  const end = named("end");
  const separator = named("sep");
  const file = named("file");
  const into = file && isFile(to.typeOf(file)) ? file : undefined;
  const stream = streamOf(to, into ? undefined : file);
  const texts = values.map(({ value, star }) =>
    star
      ? primary("[...", to.expression(value).doc, "].map(", to.context.helper("str"), ").join(", separator ? to.doc(separator) : '" "', ")")
      : lineText(to, value),
  );
  const log = stream === "stderr" ? "console.error" : "console.log";
  if (!end && !separator && !into) {
    const first = values[0]?.value;
    const plain = values.length === 1 || first?.kind !== "string" || !first.value.includes("%");
    if (
      plain &&
      (values.length === 1 || values.every(({ value }) => ["string", "int", "number"].includes(to.typeOf(value).kind)) || first?.kind === "string")
    ) {
      return primary(
        log,
        "(",
        texts.flatMap((text, at) => (at === 0 ? [text.doc] : [", ", text.doc])),
        ")",
      );
    }
  }
  const between = separator?.kind === "string" ? separator.value : " ";
  const parts = texts.flatMap((code, at): ({ text: string } | { code: Code })[] => [
    ...(at > 0 ? [{ text: between }] : []),
    literalOf(values[at]!.value) ?? { code },
  ]);
  if (into) return primary(to.receiver(into), ".write(", template([...parts, end ? { code: to.expression(end) } : { text: "\n" }]).doc, ")");
  if (!end || (end.kind === "string" && end.value === "\n")) return primary(log, "(", parts.length === 0 ? "" : template(parts).doc, ")");
  if (end.kind === "string") parts.push({ text: end.value });
  else parts.push({ code: to.expression(end) });
  return primary(`process.${stream}.write(`, template(parts.length === 0 ? [{ text: "" }] : parts).doc, ")");
}

/** Where `print` writes to. */
function streamOf(to: Expressions, file: Expression | undefined): "stdout" | "stderr" {
  const path = file ? to.context.pathOf(file) : "sys.stdout";
  if (path === "sys.stdout" || path === "sys.stderr") return path === "sys.stdout" ? "stdout" : "stderr";
  throw new NoTwin("`print` writes to `sys.stdout` and `sys.stderr` alone here", file!.from);
}

function literalOf(value: Expression): { text: string } | undefined {
  return value.kind === "string" ? { text: value.value } : undefined;
}

/** What `print` writes of a value. */
function lineText(to: Expressions, value: Expression): Code {
  const type = to.typeOf(value);
  if (value.kind === "number" && /^\d+\.(0|\d*[1-9])$/.test(value.text)) return primary(quoted(value.text));
  if (type.kind === "int" || type.kind === "number") return to.expression(value);
  return strOf(to, value);
}
