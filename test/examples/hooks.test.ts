/** What is measured of a layer is what the tutorial's hooks print of it: the same numbers that PyTorch printed for the same seed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { ModuleStatistics, TensorStatistics } from "../../src/protocol/index.ts";
import { Folder, run } from "../runner/job.ts";

const read = (name: string): string => readFileSync(new URL(`../../examples/tutorial/${name}`, import.meta.url), "utf8");

/** Runs the beginning of a listing, watched. @returns what was measured of each layer in its only step */
async function watched(listing: string, end?: string): Promise<ReadonlyMap<string, ModuleStatistics>> {
  const folder = new Folder();
  for (const shared of ["networks.ts", "printing.ts"]) folder.write(shared, read(shared));
  const text = read(`${listing}.model.ts`);
  const job = await run(folder.write("listing.model.ts", end === undefined ? text : text.slice(0, text.indexOf(end))));
  folder.remove();
  assert.equal(job.states.at(-1), "finished", job.stderr);
  const [model] = job.models;
  assert.equal(job.statistics.length, 1);
  return new Map(job.statistics[0]!.modules.map((measured) => [model!.modules[measured.module]!.path, measured]));
}

/** The lines that PyTorch printed of layers, as their numbers by name. */
function* printed(listing: string): Generator<readonly [layer: string, numbers: Readonly<Record<string, number>>]> {
  for (const [, layer, rest] of read(`${listing}.txt`).matchAll(/^ +(\w+): (\w+=.*)$/gm)) {
    const numbers = [...rest!.matchAll(/(\w+)=([-+]?[\d.]+)/g)].map(([, name, value]) => [name!, Number(value)] as const);
    const [, min, max] = /range=\[(.*), (.*)\]/.exec(rest!) ?? [];
    yield [layer!, { ...Object.fromEntries(numbers), ...(min !== undefined && { min: Number(min), max: Number(max) }) }];
  }
}

function assertPrinted(measured: number, value: number | undefined, what: string): void {
  assert.ok(Math.abs(measured - value!) <= 1.01e-6 + 1e-4 * Math.abs(value!), `${what}: measured ${measured}, printed ${value}`);
}

const norm = ({ mean, std, count }: TensorStatistics): number => Math.sqrt(count * mean ** 2 + (count - 1) * std ** 2);

describe("what is measured of layers, and what hooks print", () => {
  it("is the same of outputs", async () => {
    const measured = await watched("09-activation-hooks", "for (const h of handles)");
    const lines = [...printed("09-activation-hooks")];
    assert.deepEqual(
      lines.map(([layer]) => layer),
      ["layer1", "relu", "layer2", "output"],
    );
    for (const [layer, { mean, std, min, max, dead }] of lines) {
      const output = measured.get(layer)!.output!;
      assertPrinted(output.mean, mean, `mean of ${layer}`);
      assertPrinted(output.std, std, `std of ${layer}`);
      assertPrinted(output.min, min, `min of ${layer}`);
      assertPrinted(output.max, max, `max of ${layer}`);
      assert.ok(Math.abs(100 * output.zeroFraction - dead!) <= 0.0501, `zeros of ${layer}: ${output.zeroFraction}`);
    }
  });

  it("is the same of gradients", async () => {
    const measured = await watched("10-gradient-hooks");
    const lines = [...printed("10-gradient-hooks")];
    assert.deepEqual(
      lines.map(([layer]) => layer),
      ["output", "layer2", "layer1"],
    );
    for (const [layer, numbers] of lines) {
      const gradient = measured.get(layer)!.outputGradient!;
      assertPrinted(gradient.mean, numbers["grad_mean"], `mean at ${layer}`);
      assertPrinted(gradient.std, numbers["grad_std"], `std at ${layer}`);
      assertPrinted(norm(gradient), numbers["grad_norm"], `norm at ${layer}`);
    }
  });
});
