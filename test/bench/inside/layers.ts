/** What the layers of the benchmark's networks spend their time in: products of their shapes, convolutions and pooling. */
import type { Kernels } from "../../../src/engine/kernels/exports.ts";
import type { Arena } from "./arena.ts";
import { readProduct } from "./products.ts";
import { bestTime, type Reading } from "./reading.ts";

/** Forward, gradient of the weight, gradient of the input. */
function readLinear(kernels: Kernels, arena: Arena, batch: number, inputs: number, outputs: number): Reading[] {
  const name = `linear ${inputs} → ${outputs}, batch ${batch}`;
  return [
    readProduct(kernels, arena, `${name}: forward`, "NT", batch, outputs, inputs),
    readProduct(kernels, arena, `${name}: weight's gradient`, "TN", outputs, inputs, batch),
    readProduct(kernels, arena, `${name}: input's gradient`, "NN", batch, inputs, outputs),
  ];
}

/** 3×3 without padding. */
function readConvolution(kernels: Kernels, arena: Arena, n: number, cin: number, cout: number, size: number): Reading[] {
  arena.reset();
  const out = size - 2;
  const image = [size, size, 3, 3, out, out, 1, 1, 0, 0, 1, 1] as const;
  const [x, weight, bias, y] = [arena.floats(n * cin * size * size), arena.floats(cout * cin * 9), arena.floats(cout), arena.floats(n * cout * out * out)];
  const work = arena.room(kernels.conv2dWorkBytes(cin, cout, ...image));
  const operations = 2 * n * cout * cin * 9 * out * out;
  const reading = (what: string, run: () => void): Reading => ({
    what: `conv ${cin} → ${cout}, ${size}×${size}, batch ${n}: ${what}`,
    rate: operations / bestTime(run) / 1e9,
    bound: "arithmetic",
  });
  return [
    reading("forward", () => kernels.conv2d(x, weight, bias, y, n, 1, cin, cout, ...image, work)),
    reading("weight's gradient", () => kernels.conv2dBackwardWeight(y, x, weight, n, 1, cin, cout, ...image, work, 0, cout, 0, cin * 9)),
    reading("input's gradient", () => kernels.conv2dBackwardInput(y, weight, x, n, 1, cin, cout, ...image, work)),
  ];
}

/** 2×2; bytes of the planes read, and of the values and positions written. */
function readPooling(kernels: Kernels, arena: Arena, planes: number, size: number): Reading {
  arena.reset();
  const out = size / 2;
  const [x, y, indices] = [arena.floats(planes * size * size), arena.floats(planes * out * out), arena.floats(planes * out * out)];
  const seconds = bestTime(() => kernels.maxPool2d(x, y, indices, planes, size, size, 2, 2, out, out, 2, 2, 0, 0, 1, 1));
  return { what: `max pool 2×2, ${planes} planes of ${size}×${size}`, rate: (planes * (4 * size * size + 8 * out * out)) / seconds / 1e9, bound: "memory" };
}

export function readLayers(kernels: Kernels, arena: Arena): Reading[] {
  return [
    ...readLinear(kernels, arena, 32, 64, 64),
    ...readLinear(kernels, arena, 128, 784, 512),
    ...readConvolution(kernels, arena, 64, 1, 32, 28),
    ...readConvolution(kernels, arena, 64, 32, 64, 13),
    readPooling(kernels, arena, 64 * 32, 26),
  ];
}
