// Writes the table of docs/onnx.md anew: node --import tsx test/onnx/table.ts
import { readFileSync, writeFileSync } from "node:fs";
import { drawsInTraining, layers } from "./layers.ts";
import { worstDifference } from "./measured.ts";

const page = new URL("../../docs/onnx.md", import.meta.url);
const rows: string[] = [];
for (const name of Object.keys(layers)) {
  const worst = await worstDifference(name);
  rows.push(`| \`${name}\` | ${drawsInTraining.test(name) ? "eval" : "eval, training"} | ${worst === 0 ? "0" : worst.toExponential(1)} |`);
}
const text = readFileSync(page, "utf8");
const [before, after] = [text.slice(0, text.indexOf("| Layer |")), text.slice(text.indexOf("<!-- end of the table -->"))];
writeFileSync(page, `${before}| Layer | Tried in | Largest difference |\n| --- | --- | --- |\n${rows.join("\n")}\n\n${after}`);
