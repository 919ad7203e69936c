import assert from "node:assert/strict";
import { symbolsFor } from "../../src/extension/navigation/symbols.ts";
import type { SourcePosition } from "../../src/protocol/index.ts";
import { file, fileRuns, model, module } from "./samples.ts";

describe("modules as symbols", () => {
  const at = (line: number): SourcePosition => ({ file, line, column: 5 });
  const net = model("net", [
    module(0, null, "net", { type: "Net", constructedAt: at(20) }),
    module(1, 0, "layer1", { type: "Block", constructedAt: at(4) }),
    { ...module(2, 1, "conv", { type: "Conv2d", constructedAt: at(12) }), path: "layer1.conv" },
    module(3, 0, "made elsewhere", {}),
  ]);
  const all = [fileRuns({ models: [net] }), { file: "/models/other.model.ts", problems: [] }];
  const found = (query: string, now = (position: SourcePosition): SourcePosition | undefined => position): string[] =>
    symbolsFor(all, query, now).map(({ name, type, hasParts, position }) => `${name} ${type} ${hasParts} ${position.line}`);

  it("are found by their paths, or by letters of them", () => {
    assert.deepEqual(found(""), ["net Net true 20", "net.layer1 Block true 4", "net.layer1.conv Conv2d false 12"]);
    assert.deepEqual(found("net.layer1.conv"), ["net.layer1.conv Conv2d false 12"]);
    assert.deepEqual(found("L1Conv"), ["net.layer1.conv Conv2d false 12"]);
    assert.deepEqual(found("xyz"), []);
  });

  it("lead to where their lines are now, and are gone with them", () => {
    assert.deepEqual(
      found("layer1", (position) => (position.line === 4 ? undefined : { ...position, line: position.line + 2 })),
      ["net.layer1.conv Conv2d false 14"],
    );
  });
});
