/** The table that `kindling train --weights-from` prints: what the run begins with. */
import { columnsOf, padded } from "./columns.ts";
import type { TakenWeights, WeightMatch } from "../protocol/index.ts";
import { plural } from "../run/numbers.ts";
import { originText, weightRows, weightsSentence } from "../run/weightRows.ts";
import { isTaken } from "../run/weightMatching.ts";
import type { Paint } from "./problemText.ts";

/** What there is to say of each that is told: all of it once, and the optimizer's part when that is known. */
export function weightsTeller(): (weights: TakenWeights, paint: Paint) => string {
  let told = "";
  return (weights, paint) => {
    const table = weightsTable(weights, paint);
    const isNews = table !== told;
    told = table;
    const { optimized } = weights;
    const memories = optimized === 0 ? "" : `kindling: the optimizer's state was taken over for ${plural(optimized, "parameter")}\n`;
    return `${isNews ? table : ""}${memories}`;
  };
}

function weightsTable(weights: TakenWeights, paint: Paint): string {
  const { matches } = weights;
  const from = originText(weights);
  if (!matches.some(isTaken)) return `kindling: none of the weights of ${from} fit; the models begin with their own.\n${bothSides(matches, paint)}`;
  const rows = weightRows(matches).map(({ kind, name, tensors, matches: [first] }) => [first!.declined ? "new (not taken)" : kind, name, tensors] as const);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => columnsOf(row[column]!))));
  const lines = rows.map(([kind, name, tensors]) => `  ${paint("dim", padded(kind, widths[0]!))}  ${padded(name, widths[1]!)}  ${paint("dim", tensors)}\n`);
  return `kindling: weights of ${from}: ${weightsSentence(matches)}\n${lines.join("")}`;
}

/** So many names tell how the two sides differ. */
const examples = 4;

/** What the names on both sides are like, where they have nothing in common. */
function bothSides(matches: readonly WeightMatch[], paint: Paint): string {
  const line = (title: string, kind: WeightMatch["kind"]): string => {
    const tensors = matches.filter((match) => match.kind === kind && !match.declined);
    const names = tensors.slice(0, examples).map(({ path, shape }) => `${path} [${shape.join(", ")}]`);
    const more = tensors.length > examples ? [`${tensors.length - examples} more`] : [];
    return names.length > 0 ? `  ${paint("dim", title)}  ${[...names, ...more].join(", ")}\n` : "";
  };
  return line("there ", "gone") + line("wanted", "new");
}
