import assert from "node:assert/strict";
import type { PrintedLine } from "../../src/protocol/index.ts";
import { addPrinted, boundPrinted, nothingPrinted, type Printed } from "../../src/run/printed.ts";

const bounds = { lines: 5, characters: 1_000 };
const line = (text: string, more: Partial<PrintedLine> = {}): PrintedLine => ({ step: 0, text, ...more });
const open = { isOpen: true } as const;
const texts = ({ lines }: Printed) => lines.map(({ text }) => text);
const after = (...messages: PrintedLine[][]) => messages.reduce((printed, lines) => addPrinted(printed, lines, 0, bounds), nothingPrinted);

describe("what is kept of what a run printed", () => {
  it("is the newest lines, and how many there were before them", () => {
    const many = after(Array.from({ length: 8 }, (_, i) => line(String(i))));
    assert.deepEqual([texts(many), many.dropped], [["3", "4", "5", "6", "7"], 3]);
    const skipped = addPrinted(many, [line("1000")], 992, bounds);
    assert.deepEqual([texts(skipped), skipped.dropped], [["4", "5", "6", "7", "1000"], 996]);
    const long = addPrinted(nothingPrinted, [line("a".repeat(600)), line("b".repeat(600))], 0, bounds);
    assert.deepEqual([long.lines.length, long.dropped], [1, 1]);
    assert.equal(boundPrinted(many, bounds), many);
  });

  it("joins the parts of a line that came one by one, and those of each stream apart", () => {
    assert.deepEqual(texts(after([line("loss ", open)], [line("is ", open), line("1")], [line("next")])), ["loss is 1", "next"]);
    assert.deepEqual(texts(after([line("out", open)], [line("error", { isError: true })], [line("put")])), ["out", "error", "put"]);
    assert.deepEqual(texts(addPrinted(after([line("a", open)]), [line("z")], 3, bounds)), ["a", "z"], "what was skipped may have ended it");
  });

  it("shows a line that is written over and over as a terminal does", () => {
    assert.deepEqual(texts(after([line("10 %\r20 %\r30 %")])), ["30 %"]);
    assert.deepEqual(texts(after([line("10 %\r", open)], [line("20 %\r", open)], [line("done")])), ["done"]);
    assert.deepEqual(texts(after([line("windows\r")])), ["windows"]);
  });
});
