/** Whether two programs print the same: words exactly, numbers with a point to float32 rounding. */
import assert from "node:assert/strict";

const number = /[-+]?\d+\.\d+(?:e[-+]?\d+)?|[-+]?\d+(?:e[-+]?\d+)?/g;

/** @param lines how many lines from the first one have to agree; all unless it is given */
export function assertSamePrint(actual: string, expected: string, lines = Infinity): void {
  const [ours, theirs] = [actual, expected].map((text) => text.trimEnd().split("\n").slice(0, lines));
  assert.equal(ours!.length, theirs!.length, `${ours!.length} lines instead of ${theirs!.length}:\n${actual}`);
  for (const [at, line] of theirs!.entries()) {
    const own = ours![at]!;
    assert.equal(own.replaceAll(number, "#"), line.replaceAll(number, "#"), `line ${at + 1}`);
    const [found, wanted] = [own, line].map((text) => text.match(number) ?? []);
    for (const [place, text] of wanted!.entries()) assert.ok(same(found![place]!, text), `line ${at + 1}: ${own}\n  instead of ${line}`);
  }
}

function same(found: string, wanted: string): boolean {
  if (!wanted.includes(".")) return Number(found) === Number(wanted);
  const digits = /\.(\d+)/.exec(wanted)![1]!.length;
  // One unit of the last printed digit, or what rounding makes of a training.
  return Math.abs(Number(found) - Number(wanted)) <= Math.max(1.01 * 10 ** -digits, 2e-3 * Math.abs(Number(wanted)));
}
