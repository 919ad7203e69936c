/** JavaScript's typed arrays: lists in Python, where whole numbers are made to fit as they are put in. */
import type { Context } from "./context.ts";
import { access, binds, code, within, type Code } from "./python.ts";
import { number, whole, type Type } from "./types.ts";

interface Kind {
  readonly bits: number;
  readonly isSigned: boolean;
}

const kinds: Readonly<Record<string, Kind | undefined>> = {
  Int8Array: { bits: 8, isSigned: true },
  Uint8Array: { bits: 8, isSigned: false },
  Int16Array: { bits: 16, isSigned: true },
  Uint16Array: { bits: 16, isSigned: false },
  Int32Array: { bits: 32, isSigned: true },
  Uint32Array: { bits: 32, isSigned: false },
};

export const isTypedArray = (name: string): boolean => /^Float(32|64)Array$/.test(name) || kinds[name] !== undefined;

/** Whether a value is one. */
export const isTyped = (type: Type): boolean => type.kind === "list" && type.typed !== undefined;

export const typedArray = (name: string): Type => ({ kind: "list", of: kinds[name] ? whole : number, typed: name });

/** A number as an array of this type keeps it. */
export function fitted(context: Context, type: Type, value: Code): Code {
  const kind = type.kind === "list" && type.typed !== undefined ? kinds[type.typed] : undefined;
  if (!kind || isWithin(kind, value.text)) return value;
  const { bits, isSigned } = kind;
  if (bits === 32 && isSigned) return access(`${context.help("int32")}(${value.text})`, whole);
  const own = value.type.kind === "number" && value.type.whole ? value : access(`int(${value.text})`, whole);
  if (!isSigned) return code(`${within(own, binds.product)} % ${2 ** bits}`, binds.product, whole);
  return code(`(${within(own, binds.sum)} + ${2 ** (bits - 1)}) % ${2 ** bits} - ${2 ** (bits - 1)}`, binds.sum, whole);
}

const isWithin = ({ bits, isSigned }: Kind, text: string): boolean => /^\d+$/.test(text) && Number(text) < 2 ** (isSigned ? bits - 1 : bits);

/** The same of all of them. */
export function allFitted(context: Context, type: Type, values: Code): Code {
  const one = fitted(context, type, access("item", whole));
  const items = /^\[([\d, ]*)\]$/.exec(values.text)?.[1]?.split(", ");
  const fits = one.text === "item" || items?.every((item) => fitted(context, type, access(item, whole)).text === item);
  return fits ? { ...values, type } : { ...access(`[${one.text} for item in ${within(values, binds.or)}]`, type) };
}
