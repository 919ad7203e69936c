/** Whether a listing prints what PyTorch printed: its words exactly, its numbers to rounding. */
import assert from "node:assert/strict";

/** Relative differences that count as the same: of losses, and of what hooks saw. */
export const LOSSES = 1e-3;
export const HOOKS = 1e-4;

const NUMBER = /[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?%?/g;

interface Line {
  /** The line with its numbers taken out. */
  readonly words: string;
  readonly numbers: readonly string[];
}

function lineOf(text: string): Line {
  return { words: text.replace(NUMBER, "#"), numbers: text.match(NUMBER) ?? [] };
}

const valueOf = (text: string): number => Number(text.replace(/[,%]/g, ""));

/** Counts, sizes and percentages are equal; what has decimals may differ by rounding, or by one in its last place. */
function same(actual: string, expected: string, rtol: number): boolean {
  if (!expected.includes(".") || expected.endsWith("%")) return actual === expected;
  const lastPlace = 10 ** -expected.split(".")[1]!.length;
  const difference = Math.abs(valueOf(actual) - valueOf(expected));
  return difference <= Math.max(1.01 * lastPlace, rtol * Math.abs(valueOf(expected)));
}

export function assertSameOutput(actual: string, expected: string, rtol: number): void {
  const [lines, wanted] = [actual.split("\n"), expected.split("\n")];
  wanted.forEach((text, i) => {
    const [line, want] = [lineOf(lines[i] ?? ""), lineOf(text)];
    const equal = line.words === want.words && want.numbers.every((number, k) => same(line.numbers[k]!, number, rtol));
    assert.ok(equal, `line ${i + 1}: expected\n${text}\nbut got\n${lines[i] ?? "nothing"}`);
  });
  assert.equal(lines.length, wanted.length, "number of lines");
}

/**
 * Three trainings are chaotic. A value within rounding of a ReLU's kink, and the biases before a batch norm, whose
 * gradients are nothing but rounding that Adam makes as large as any other, part even PyTorch's own runs with one thread
 * and with two. There the first epochs' losses have to agree; later ones, and accuracies, have to lie as near to
 * PyTorch's runs as these lie to each other.
 */
export function assertAmong(actual: string, runs: readonly string[]): void {
  const theirs = runs.map((text) => text.split("\n").map(lineOf));
  const lines = actual.split("\n").map(lineOf);
  const spread = widest(theirs);
  let epochs = 0;
  theirs[0]!.forEach(({ words, numbers }, i) => {
    assert.equal(lines[i]!.words, words, `line ${i + 1}`);
    if (/loss=/.test(words)) epochs++;
    numbers.forEach((number, k) => {
      const mine = lines[i]!.numbers[k]!;
      const message = `line ${i + 1}: got ${mine}, PyTorch ${theirs.map((run) => run[i]!.numbers[k]).join(" ")}`;
      const agrees =
        number.includes(".") && (number.endsWith("%") || epochs > FIRST_EPOCHS)
          ? outside(
              valueOf(mine),
              theirs.map((run) => valueOf(run[i]!.numbers[k]!)),
              number.endsWith("%"),
            ) <= spread[kindOf(number)]
          : /peak/.test(words) || same(mine, number, LOSSES);
      assert.ok(agrees, message);
    });
  });
}

/** How many epochs' losses agree to rounding before chaos begins. */
const FIRST_EPOCHS = 3;

type Kind = "percent" | "loss";
const kindOf = (number: string): Kind => (number.endsWith("%") ? "percent" : "loss");

/** How far apart PyTorch's runs ever are: percentages in points, losses relative to the least. */
function widest(runs: readonly (readonly Line[])[]): Record<Kind, number> {
  const spread = { percent: 0, loss: 0 };
  runs[0]!.forEach(({ numbers }, i) =>
    numbers.forEach((number, k) => {
      if (!number.includes(".")) return;
      const values = runs.map((run) => valueOf(run[i]!.numbers[k]!));
      const [least, greatest] = [Math.min(...values), Math.max(...values)];
      const apart = kindOf(number) === "percent" ? greatest - least : (greatest - least) / least;
      spread[kindOf(number)] = Math.max(spread[kindOf(number)], apart);
    }),
  );
  return spread;
}

/** How far a value lies beyond all others: 0 among them. */
function outside(value: number, others: readonly number[], inPoints: boolean): number {
  const [least, greatest] = [Math.min(...others), Math.max(...others)];
  return Math.max(0, value - greatest, least - value) / (inPoints ? 1 : least);
}
