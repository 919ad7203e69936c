import assert from "node:assert/strict";
import { inOneBuffer } from "../../src/extension/panel/oneBuffer.ts";
import { toPanel } from "../../src/run/panelMessages.ts";
import { plainSamples } from "../fixtures/plainSamples.ts";
import { emptySnapshot, modelFrom, sampleStep, samplesOf } from "../webview/fakeRun.ts";

/** The buffers that VS Code would send with a message. */
function buffersOf(value: unknown, found = new Set<ArrayBufferLike>()): Set<ArrayBufferLike> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer);
  else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) buffersOf(part, found);
  return found;
}

describe("what goes to the panel's page", () => {
  it("is one buffer for all measured steps of a long run, and the same when it is read", () => {
    const model = modelFrom({ name: "net", type: "Linear", output: [4, 2], parameters: { weight: [2, 3], bias: [2] } });
    const samples = samplesOf(...Array.from({ length: 200 }, (_, step) => sampleStep(model, step, 0, step / 200)));
    const message = toPanel.encode({ type: "snapshot", run: { ...emptySnapshot(), models: [model], samples } });
    assert.ok(buffersOf(message).size > 255, "more than VS Code carries");
    const sent = inOneBuffer(message);
    assert.equal(buffersOf(sent).size, 1);
    const read = toPanel.decode(structuredClone(sent));
    assert.ok(read.type === "snapshot" && read.run);
    assert.deepEqual(plainSamples(read.run.samples), plainSamples(samples));
  });

  it("is left as it is where there is nothing to gather", () => {
    const message = toPanel.encode({ type: "select", model: 0, module: 1 });
    assert.equal(inOneBuffer(message), message);
  });
});
