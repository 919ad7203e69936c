/** What PyTorch answered, by family; make.py wrote it. */
import { readdirSync, readFileSync } from "node:fs";
import type { Case, EncodedTensor } from "./cases.ts";

const folder = new URL("expected/", import.meta.url);

export const allCases: ReadonlyMap<string, readonly Case[]> = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((file) => [file.replace(".json", ""), JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Case[]]),
);

/** A case as a test's title. */
export function titleOf(each: Case, i: number): string {
  const options = Object.keys(each.options).length > 0 ? ` ${JSON.stringify(each.options).slice(0, 80)}` : "";
  const shapes = [...each.args, ...("inputs" in each ? (each.inputs ?? []) : [])].map(argumentText).join(", ");
  return `${i} ${each.target}(${shapes})${options}${each.note ? ` — ${each.note}` : ""}${each.kind === "error" ? " fails" : ""}`;
}

function argumentText(value: unknown): string {
  if (typeof value === "object" && value !== null && "tensor" in value) return `[${(value as EncodedTensor).shape.join("×")}]`;
  return JSON.stringify(value).slice(0, 40);
}
