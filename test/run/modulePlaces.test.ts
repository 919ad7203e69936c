import assert from "node:assert/strict";
import type { ModuleInfo, SourcePosition } from "../../src/protocol/index.ts";
import { fullPath, modulesOn, namedModule, sameModule } from "../../src/run/modulePlaces.ts";
import { model, module } from "../extension/samples.ts";

describe("modules by their lines", () => {
  const file = "/models/net.model.ts";
  const at = (line: number, column: number, where = file): SourcePosition => ({ file: where, line, column });
  const layer = (id: number, path: string, more: Partial<ModuleInfo>): ModuleInfo => module(id, 0, path, more);
  const net = model("net", [
    module(0, null, "net", { type: "Net", constructedAt: at(20, 13), calledAt: at(25, 15) }),
    layer(1, "conv", { constructedAt: at(4, 10), calledAt: at(9, 30) }),
    layer(2, "norm", { constructedAt: at(5, 10), calledAt: at(9, 20) }),
    layer(3, "blocks.0", { constructedAt: at(6, 12), calledAt: at(10, 5) }),
    layer(4, "blocks.1", { constructedAt: at(6, 12), calledAt: at(10, 5) }),
    layer(5, "head", { constructedAt: at(3, 8, "/models/head.ts") }),
  ]);
  const paths = (line: number, column = 1, now = (position: SourcePosition): SourcePosition | undefined => position): string[] =>
    modulesOn([net], at(line, column), now).map(fullPath);

  it("are those that the line makes, else those that it calls", () => {
    assert.deepEqual(paths(4), ["net.conv"]);
    assert.deepEqual(paths(20), ["net"]);
    assert.deepEqual(paths(25), ["net"]);
    assert.deepEqual(paths(6), ["net.blocks.0", "net.blocks.1"]);
    assert.deepEqual(paths(3), []);
  });

  it("of several that a line calls begin with the one at the cursor", () => {
    assert.deepEqual([paths(9, 22)[0], paths(9, 31)[0], paths(9, 5)[0]], ["net.norm", "net.conv", "net.conv"]);
  });

  it("are found where their lines are now", () => {
    const moved = (position: SourcePosition) => (position.line === 5 ? undefined : { ...position, line: position.line + 1 });
    assert.deepEqual(paths(5, 1, moved), ["net.conv"]);
    assert.deepEqual(paths(6, 1, moved), []);
  });

  it("are known by the name that a problem gives them, and in another run", () => {
    assert.equal(namedModule([net], "conv (Linear) of Net")?.module.id, 1);
    assert.equal(namedModule([net], "Net")?.module.id, 0);
    assert.equal(namedModule([net], "conv (Conv2d) of Net"), undefined);
    const later = model("net", [net.modules[0]!, { ...net.modules[2]!, id: 1 }], { id: 3 });
    assert.deepEqual(sameModule([later], { model: net, module: net.modules[2]! }), { model: later, module: later.modules[1] });
    assert.equal(sameModule([later], { model: net, module: net.modules[1]! }), undefined);
  });
});
