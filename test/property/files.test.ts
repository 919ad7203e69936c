import assert from "node:assert/strict";
import fc from "fast-check";
import { fromTypedArray, tensor, Tensor } from "../../src/engine/index.ts";
import { readSafetensors, writeSafetensors } from "../../src/engine/io/safetensors.ts";
import { readTorch } from "../../src/engine/io/torchReader.ts";
import { writeTorch } from "../../src/engine/io/torchWriter.ts";

const runs = { seed: 7, numRuns: 150 };

const tensors = fc
  .record({
    rows: fc.integer({ min: 0, max: 4 }),
    columns: fc.integer({ min: 0, max: 4 }),
    dtype: fc.constantFrom("float32", "int32", "uint8", "bool"),
    turned: fc.boolean(),
    skip: fc.boolean(),
  })
  .map(({ rows, columns, dtype, turned, skip }) => {
    const values = Float32Array.from({ length: (rows + 1) * columns }, (_, i) => i * 3);
    const whole = fromTypedArray(values, [rows + 1, columns]).to(dtype);
    const part = skip ? whole.narrow(0, 1, rows) : whole;
    return turned ? part.t() : part;
  });

const texts = fc.string({ unit: "grapheme", maxLength: 8 });
const scalars = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.maxSafeInteger(),
  texts,
  fc.uint8Array({ maxLength: 6 }),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 200n }),
  fc.bigInt({ min: -(2n ** 200n), max: -(2n ** 60n) }),
);

/** Everything that a checkpoint may hold. */
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalars,
    tensors,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(texts, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(texts, tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(fc.tuple(fc.integer(), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.uniqueArray(fc.integer(), { maxLength: 4 }).map((items) => new Set(items)),
  ),
}));

/** The same value with tensors written out, so that it can be compared. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor) return { dtype: value.dtype, shape: [...value.shape], values: value.toTypedArray() };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, plain(inner)]));
  if (value instanceof Set || value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  return Object.entries(value).map(([key, inner]) => [key, plain(inner)]);
}

describe("saving and loading", () => {
  it("gives back any value that can be saved", () => {
    fc.assert(
      fc.property(values, (value) => {
        assert.deepEqual(plain(readTorch(writeTorch(value, "any.pt"), "any.pt")), plain(value));
      }),
      runs,
    );
  });

  it("gives back any tensors through safetensors", () => {
    fc.assert(
      fc.property(fc.dictionary(texts, tensors, { noNullPrototype: true }), (named) => {
        const found = readSafetensors(writeSafetensors(named, "any.safetensors"), "any.safetensors");
        assert.deepEqual(plain(found), plain(new Map(Object.entries(named))));
      }),
      runs,
    );
  });

  it("keeps tensors that share memory sharing it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), (rows, columns) => {
        const whole = fromTypedArray(new Float32Array(rows * columns), [rows, columns]);
        const found = readTorch(writeTorch([whole, whole.t(), whole.select(0, rows - 1)], "any.pt"), "any.pt") as Tensor[];
        found[2]!.copy_(tensor(1));
        assert.equal(found[0]!.sum().item(), columns);
        assert.equal(found[1]!.sum().item(), columns);
      }),
      runs,
    );
  });
});
