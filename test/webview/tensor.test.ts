/** The page of a tensor that the debugger found. */
import assert from "node:assert/strict";
import { arrange, indicesOf, placeOf, valueAfterKey, valueAt } from "../../webview/tensor/cells.ts";

const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i);
const cells = (shape: readonly number[], room = 600) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { count, arrangement: arrange(shape, numbers(count), room) };
};

describe("where a tensor's values lie in its picture", () => {
  for (const shape of [[], [1], [7], [64], [200], [3, 5], [1, 40], [4, 3, 5], [2, 3, 4, 5], [32, 1, 28, 28]]) {
    it(`of shape [${shape.join(", ")}]: each has a place of its own, and is found there`, () => {
      const { count, arrangement } = cells(shape);
      const places = new Set<string>();
      for (let index = 0; index < count; index++) {
        const { x, y } = placeOf(arrangement, index);
        places.add(`${x} ${y}`);
        assert.equal(valueAt(arrangement, count, { x: x + 0.5, y: y + 0.5 }), index);
      }
      assert.equal(places.size, count);
    });
  }

  it("is as wide as there is room, and shows matrices beside each other", () => {
    const { arrangement } = cells([8, 28, 28]);
    const [first] = arrangement.tiles;
    assert.deepEqual([arrangement.tiles.length, first!.height, first!.width], [8, 28, 28]);
    assert.ok(arrangement.columns > 1);
    assert.ok(arrangement.columns * (28 + arrangement.gap) * arrangement.zoom <= 600);
    assert.equal(cells([2, 3]).arrangement.zoom, 16);
    assert.ok(cells([2, 1200]).arrangement.zoom <= 0.5);
  });

  it("is nothing between matrices, beside them, and behind the end of a vector", () => {
    const { count, arrangement } = cells([2, 3, 3]);
    for (const place of [
      { x: 3.5, y: 1 },
      { x: -1, y: 0 },
      { x: 100, y: 1 },
    ])
      assert.equal(valueAt(arrangement, count, place), null);
    const vector = cells([70]);
    assert.equal(valueAt(vector.arrangement, vector.count, { x: 6, y: 1 }), null);
    assert.equal(valueAt(vector.arrangement, vector.count, { x: 5, y: 1 }), 69);
  });

  it("is reached by keys, which never lead out of it", () => {
    const { count, arrangement } = cells([3, 5]);
    const after = (key: string, index: number) => valueAfterKey(arrangement, count, key, index);
    assert.deepEqual([after("ArrowRight", 0), after("ArrowDown", 1), after("ArrowUp", 7), after("ArrowLeft", 0), after("ArrowDown", 12)], [1, 6, 2, 0, 12]);
    assert.deepEqual([after("Home", 7), after("End", 7), after("a", 7)], [0, 14, null]);
  });

  it("has an index in each dimension", () => {
    assert.deepEqual(indicesOf([2, 3, 4], 23), [1, 2, 3]);
    assert.deepEqual(indicesOf([], 0), []);
  });
});
