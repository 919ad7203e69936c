/** The weights from elsewhere that a kept run began with. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstWeightsRequest, keepFirstWeights, whyNoFirstWeights, whyOtherFirstWeights } from "../../src/keep/firstWeights.ts";
import type { WeightsRequest } from "../../src/protocol/index.ts";

describe("the weights that a kept run began with", () => {
  let folder: string;
  let kept: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "kindling-weights-")));
    kept = run("one");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (name: string): string => {
    const own = join(folder, ".kindling", "runs", name);
    mkdirSync(own, { recursive: true });
    return own;
  };
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const request = (file: string, more: Partial<WeightsRequest> = {}): WeightsRequest => ({ file, origin: "there", declined: ["fc"], ...more });

  it("in several files are others as soon as one of them is", async () => {
    const index = write("model.safetensors.index.json", JSON.stringify({ weight_map: { a: "1.safetensors", b: "2.safetensors", c: "1.safetensors" } }));
    write("1.safetensors", "one");
    write("2.safetensors", "two");
    await keepFirstWeights(kept, request(index));
    assert.equal(await whyOtherFirstWeights(kept), undefined);
    write("2.safetensors", "tow");
    assert.equal(await whyOtherFirstWeights(kept), `This run began with the weights in ${index}, which has changed since.`);
    rmSync(join(folder, "2.safetensors"));
    assert.match((await whyOtherFirstWeights(kept)) ?? "", /^This run began with the weights in .*index\.json, which can't be read: ENOENT/);
  });

  it("of another kept run stay when that run gives way, and take no room twice", async () => {
    const other = run("two");
    const checkpoint = write(join(".kindling", "runs", "two", "1024.safetensors"), "bytes");
    await keepFirstWeights(kept, request(checkpoint, { prefix: "net." }));
    const own = join(kept, "weights.safetensors");
    assert.equal(statSync(own).ino, statSync(checkpoint).ino);
    rmSync(other, { recursive: true });
    assert.equal(whyNoFirstWeights(kept), undefined);
    assert.equal(await whyOtherFirstWeights(kept), undefined);
    assert.deepEqual(firstWeightsRequest(kept), { file: own, origin: "there", declined: ["fc"], prefix: "net." });
  });

  it("are not asked of a run that began with its own", async () => {
    assert.deepEqual([firstWeightsRequest(kept), whyNoFirstWeights(kept), await whyOtherFirstWeights(kept)], [undefined, undefined, undefined]);
  });
});
