import assert from "node:assert/strict";
import type { ModelInfo } from "../../src/protocol/index.ts";
import { fileName } from "../../src/run/text.ts";
import { Folder, inspect, run } from "./job.ts";

describe("the lines that make and call a module", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const place = (position: { file: string; line: number; column: number } | undefined): string =>
    position ? `${fileName(position.file)}:${position.line}:${position.column}` : "–";
  const places = (model: ModelInfo): string[] =>
    model.modules.map(({ path, constructedAt, calledAt }) => `${path || model.name} made ${place(constructedAt)} called ${place(calledAt)}`);

  it("are told once it was called, in the file that calls it, of parts of a Sequential the line that calls that", async () => {
    folder.write(
      "block.ts",
      `import { nn, type Tensor } from "kindling";
export class Block extends nn.Module {
  fc = new nn.Linear(4, 4);
  act = new nn.ReLU();
  spare = new nn.Linear(4, 4);
  override forward(x: Tensor): Tensor {
    const hidden = this.fc(x);
    return this.act(hidden).add(x);
  }
}
`,
    );
    const file = folder.write(
      "net.model.ts",
      `import { nn, optim, ones, type Tensor } from "kindling";
import { Block } from "./block.ts";
class Net extends nn.Module {
  block = new Block();
  head = new nn.Sequential(
    new nn.Linear(4, 1),
    new nn.Tanh(),
  );
  override forward(x: Tensor): Tensor {
    x = this.block(x);
    return this.head(x);
  }
}
const model = new Net();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let epoch = 0; epoch < 2; epoch++) {
  model(ones(4, 4)).square().mean().backward();
  optimizer.step();
}
`,
    );
    const expected = [
      "model made net.model.ts:14:15 called net.model.ts:17:3",
      "block made net.model.ts:4:11 called net.model.ts:10:14",
      "block.fc made block.ts:3:8 called block.ts:7:25",
      "block.act made block.ts:4:9 called block.ts:8:17",
      "block.spare made block.ts:5:11 called –",
      "head made net.model.ts:5:10 called net.model.ts:11:17",
      "head.0 made net.model.ts:6:5 called net.model.ts:11:17",
      "head.1 made net.model.ts:7:5 called net.model.ts:11:17",
    ];
    for (const job of [await inspect(file), await run(file)]) assert.deepEqual(job.models.flatMap(places), expected);
  });
});
