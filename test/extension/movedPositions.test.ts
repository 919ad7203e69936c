import assert from "node:assert/strict";
import fc from "fast-check";
import { MovedPositions, type Edit, type Place } from "../../src/extension/shared/movedPositions.ts";

describe("places in a text that is edited", () => {
  const at = (line: number, column: number): Place => ({ line, column });
  const typed = (start: Place, end: Place, text: string): Edit => {
    const lines = text.split("\n");
    return { start, end, breaks: lines.length - 1, lastLine: lines.at(-1)!.length };
  };

  it("go down with what is typed above them, and to the right with what is typed before them", () => {
    const moved = new MovedPositions();
    moved.edit(typed(at(2, 1), at(2, 1), "// a\n// b\n"), 10);
    moved.edit(typed(at(7, 1), at(7, 1), "  "), 11);
    assert.deepEqual(moved.now(at(5, 4), 0), at(7, 6));
    assert.deepEqual(moved.now(at(1, 9), 0), at(1, 9));
  });

  it("are gone with the text that they stand in", () => {
    const moved = new MovedPositions();
    moved.edit(typed(at(2, 1), at(4, 1), ""), 10);
    assert.equal(moved.now(at(3, 5), 0), undefined);
    assert.deepEqual(moved.now(at(4, 5), 0), at(2, 5));
  });

  it("are those of the text on disk when the run began: what was typed after the last save counts, what was saved by then doesn't", () => {
    const moved = new MovedPositions();
    const line = typed(at(1, 1), at(1, 1), "\n");
    moved.edit(line, 10);
    moved.saved(20);
    moved.edit(line, 30);
    moved.saved(40);
    moved.edit(line, 50);
    assert.deepEqual(
      [5, 25, 45, 60].map((since) => moved.now(at(1, 1), since)!.line),
      [4, 3, 2, 2],
    );
    assert.ok(moved.isEdited(45) && moved.isEdited(60));
    moved.closed();
    assert.ok(!moved.isEdited(45));
    assert.equal(moved.now(at(1, 1), 25)!.line, 2);
  });

  it("cost one edit for what is typed letter by letter, with what is taken back", () => {
    const moved = new MovedPositions();
    const keys = [..."const a = 1;\nlet"];
    let [line, column] = [3, 1];
    for (const key of keys) {
      moved.edit(typed(at(line, column), at(line, column), key), 10);
      [line, column] = key === "\n" ? [line + 1, 1] : [line, column + 1];
    }
    moved.edit(typed(at(4, 2), at(4, 4), ""), 11);
    assert.deepEqual(moved.now(at(3, 1), 0), at(4, 2));
    assert.deepEqual(moved.now(at(5, 7), 0), at(6, 7));
    // Beyond what was typed it is another edit.
    moved.edit(typed(at(3, 12), at(4, 2), ""), 12);
    assert.deepEqual(moved.now(at(3, 1), 0), at(3, 12));
  });

  it("are where the text that they stand before is found again, whatever is edited around it", () => {
    const piece = fc.stringMatching(/^[ab\n]{0,6}$/);
    fc.assert(
      fc.property(piece, piece, fc.array(fc.tuple(fc.boolean(), fc.nat(12), fc.nat(6), piece), { maxLength: 8 }), (before, after, edits) => {
        let text = `${before}#${after}`;
        const place = (offset: number): Place => {
          const lines = text.slice(0, offset).split("\n");
          return at(lines.length, lines.at(-1)!.length + 1);
        };
        const origin = place(text.indexOf("#"));
        const moved = new MovedPositions();
        edits.forEach(([isBehind, from, length, added], i) => {
          const mark = text.indexOf("#");
          // Around the mark, never over it.
          const low = isBehind ? mark + 1 + Math.min(from, text.length - mark - 1) : Math.min(from, mark);
          const high = Math.min(low + length, isBehind ? text.length : mark);
          moved.edit(typed(place(low), place(high), added), i + 1);
          text = text.slice(0, low) + added + text.slice(high);
        });
        assert.deepEqual(moved.now(origin, 0), place(text.indexOf("#")));
      }),
    );
  });
});
