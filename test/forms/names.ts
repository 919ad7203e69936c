/** Prints which of PyTorch's public names Kindling has, for signatures.py: `node --import tsx test/forms/names.ts`. */
import * as kindling from "../../src/engine/index.ts";
import { coverage } from "../../scripts/coverage/coverage.ts";

/** By PyTorch's path: `torch.nn.Conv2d`, `torch.utils.data.DataLoader`, `Tensor.roll`. */
const have = coverage().filter((entry) => entry.standing === "have");

/** What a class offers beside its constructor, its bases' part included. */
function methodsOf(type: unknown): string[] {
  if (typeof type !== "function") return [];
  const names = new Set<string>();
  for (
    let place = type.prototype as object | null | undefined;
    place && place !== Object.prototype && place !== Function.prototype;
    place = Object.getPrototypeOf(place) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(place)) if (name !== "constructor") names.add(name);
  }
  return [...names].sort();
}

/** A coverage remark is Kindling's own path in backticks. */
function find(remark: string): unknown {
  return remark
    .replaceAll("`", "")
    .split(".")
    .reduce<unknown>((space, name) => Object(space)[name] as unknown, kindling);
}

const classes = have.filter((entry) => entry.space !== "Tensor").map((entry) => [`${entry.space}.${entry.name}`, methodsOf(find(entry.remark))] as const);
const bases = { "torch.Generator": kindling.Generator };

process.stdout.write(
  JSON.stringify({
    have: have.map((entry) => `${entry.space}.${entry.name}`),
    exported: Object.keys(kindling),
    linalg: Object.keys(kindling.linalg),
    methods: Object.fromEntries(
      [...classes, ...Object.entries(bases).map(([name, type]) => [name, methodsOf(type)] as const)].filter(([, names]) => names.length > 0),
    ),
  }),
);
