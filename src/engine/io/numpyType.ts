/** NumPy's type strings such as `<f8`: https://numpy.org/doc/stable/reference/arrays.interface.html */
import { KindlingError } from "../errors.ts";
import type { FileType } from "./elements.ts";

export interface NumpyType {
  readonly fileType: FileType;
  readonly littleEndian: boolean;
}

const types: Readonly<Record<string, FileType>> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  b1: "bool",
  "?": "bool",
};

const refusals: Readonly<Record<string, string>> = {
  O: "holds Python objects, which can't be read",
  c: "holds complex numbers, which tensors here don't have",
  U: "holds text, which tensors can't",
  S: "holds bytes of text, which tensors can't",
  M: "holds dates, which tensors can't",
  m: "holds time spans, which tensors can't",
  V: "holds records (a structured type); save each field as an array of its own",
};

/** What a type string means. @throws KindlingError for one that no tensor can hold. @param where names the file */
export function numpyType(text: string, where: string): NumpyType {
  const [, order, code] = /^([<>|=]?)(.*)$/s.exec(text)!;
  if (Object.hasOwn(types, code!)) return { fileType: types[code!]!, littleEndian: order !== ">" };
  const problem = refusals[code!.slice(0, 1)] ?? "is of a type that is not known";
  throw new KindlingError(`${where} ${problem} (dtype '${text}')`);
}
