/** A loss of many numbers is mended where `backward()` is called. */
import assert from "node:assert/strict";
import { Folder, run } from "./job.ts";

const program = (call: string): string => `import { nn, optim, randn } from "kindling";
const model = new nn.Linear(4, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
const losses = model(randn(8, 4)).square();
${call}
optimizer.step();
`;

describe("backward() of a loss that isn't one number", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  it("is mended by its mean", async () => {
    const text = program("losses.backward();");
    const { problems } = await run(folder.write("net.model.ts", text));
    const [fix] = problems[0]!.fixes!;
    const { position, text: inserted } = fix!.edits[0]!;
    const lines = text.split("\n");
    const line = lines[position.line - 1]!;
    lines[position.line - 1] = line.slice(0, position.column - 1) + inserted + line.slice(position.column - 1);
    assert.equal(lines[position.line - 1], "losses.mean().backward();");
    const mended = await run(folder.write("net.model.ts", lines.join("\n")));
    assert.equal(mended.states.at(-1), "finished");
  });
  it("is left alone where it is called in another way", async () => {
    const { problems } = await run(folder.write("net.model.ts", program('losses["backward"]();')));
    assert.equal(problems[0]!.fixes, undefined);
  });
});
