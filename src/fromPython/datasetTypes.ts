/** What a dataset's samples are, and what a loader makes of them. */
import { bools, findMethod, floats, ints, isSequence, itemOf, listOf, string, unknown, type Type } from "./types.ts";

/** What a dataset's sample is. */
export function sampleOf(dataset: Type): Type {
  if (dataset.kind === "instance") return findMethod(dataset.of, "__getitem__")?.returns ?? unknown;
  if (dataset.kind === "object") return dataset.item ?? unknown;
  return isSequence(dataset) || dataset.kind === "tensor" ? itemOf(dataset) : unknown;
}

/** What a loader makes of samples. */
export function collated(sample: Type): Type {
  switch (sample.kind) {
    case "tuple":
      return { kind: "tuple", entries: sample.entries.map(collated) };
    case "int":
      return ints;
    case "bool":
      return bools;
    case "float":
    case "number":
      return floats;
    case "string":
      return listOf(string);
    case "dict":
      return {
        kind: "dict",
        key: sample.key,
        value: collated(sample.value),
        ...(sample.fields ? { fields: new Map([...sample.fields].map(([name, type]) => [name, collated(type)])) } : {}),
      };
    case "list":
      return listOf(collated(sample.of));
    default:
      return sample;
  }
}
