/** How what a person changed in a run, and what of its optimizers can be, is written and read. */
import type { Change, Intervention, OptimizerInfo, OptionValue, ParameterGroupInfo } from "../../protocol/index.ts";
import { dictionary, flag, list, Malformed, nullable, number, optional, record, text, variants, whole, type Codec } from "../codec.ts";
import { position } from "./position.ts";

const numbers = list(number);

/** A number, true or false, or a list of numbers. */
const optionValue: Codec<OptionValue> = {
  encode: (value) => (typeof value === "number" ? number.encode(value) : typeof value === "boolean" ? value : numbers.encode(value)),
  decode(json) {
    if (typeof json === "boolean") return json;
    if (Array.isArray(json)) return numbers.decode(json);
    if (typeof json === "number" || typeof json === "string") return number.decode(json);
    throw new Malformed("not the value of an option");
  },
};

export const change = variants<Change, "kind">("kind", {
  freeze: record({ model: whole, path: text, frozen: flag }),
  freezeOthers: record({ model: whole, path: text }),
  option: record({ optimizer: whole, group: whole, name: text, value: optionValue }),
  dropout: record({ model: whole, path: text, p: number }),
});

export const intervention = record<Intervention>({
  id: whole,
  step: whole,
  epoch: number,
  backwards: optional(whole),
  passage: optional(whole),
  change,
  target: text,
  from: nullable(optionValue),
  to: nullable(optionValue),
  note: optional(text),
  undoes: optional(whole),
});

export const optimizer = record<OptimizerInfo>({
  id: whole,
  type: text,
  groups: list(record<ParameterGroupInfo>({ name: text, parameters: list(text), count: whole, options: dictionary(optionValue) })),
  constructedAt: optional(position),
});
