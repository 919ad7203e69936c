import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

/** Sequences of six words of ten; the decoder has the embedding's weight, and `act` is called twice in a step. */
const name = "tied.model.ts";
const text = `import { manualSeed, nn, optim, randint, type Tensor } from "kindling";

manualSeed(0);

class Tied extends nn.Module {
  embedding = new nn.Embedding(10, 16);
  hidden = new nn.Linear(16, 16);
  act = new nn.Tanh();
  spare = new nn.Linear(16, 16);
  decoder = new nn.Linear(16, 10, { bias: false });

  constructor() {
    super();
    this.decoder.weight = this.embedding.weight;
  }

  override forward(x: Tensor): Tensor {
    return this.decoder(this.act(this.hidden(this.act(this.embedding(x)))));
  }
}

const model = new Tied();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
for (let step = 0; step < 300; step++) {
  const x = randint(0, 10, [8, 6]);
  const loss = nn.functional.crossEntropy(model(x).reshape(-1, 10), x.reshape(-1));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

describe("a person who looks at the module table", () => {
  const editor = withEditor();
  let workbench: Workbench;

  afterEach(() => workbench.close());

  it("sees what each module takes, sorts and searches, and takes the table away as Markdown", async () => {
    const folder = temporaryFolder("table");
    writeFileSync(join(folder, name), text);
    workbench = await editor().openWorkbench(folder);
    await workbench.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await workbench.openFile(name);
    await workbench.runCommand("Kindling: Train Model");
    await workbench.inPanel("run-state", `[data-state="finished"]`).waitFor({ timeout: 120_000 });
    await workbench.turnTo("modules");

    const panel = workbench.panelFrame();
    await workbench.inPanel("columns-menu").click();
    for (const column of ["type", "parameters", "state", "multiplyAdds", "memory", "forward", "backward", "time", "calls"]) {
      await workbench.inPanel(`column-${column}`).check();
    }
    await workbench.page.keyboard.press("Escape");
    const cell = (path: string, column: string) => panel.locator(`[data-testid=module-row][data-path="${path}"] [data-column=${column}]`).textContent();
    // 8 · 6 rows, each 16 · 16 and 16 · 10.
    assert.deepEqual(
      [await cell("hidden", "multiplyAdds"), await cell("decoder", "multiplyAdds"), await cell("", "multiplyAdds")],
      ["12.3 k", "7,680", "20.0 k"],
    );
    assert.equal(await workbench.inPanel("multiply-adds").getAttribute("data-count"), String(48 * 256 + 48 * 160));
    // Four outputs of 8 · 6 · 16 values and one of 8 · 6 · 10, four bytes each.
    assert.equal(await workbench.inPanel("output-memory").getAttribute("data-count"), String(4 * 48 * (4 * 16 + 10)));
    assert.deepEqual([await cell("act", "calls"), await cell("hidden", "calls"), await cell("spare", "state")], ["2", "1", "not called"]);
    assert.equal(await workbench.inPanel("total-parameters").getAttribute("data-count"), String(160 + 2 * (256 + 16)));
    assert.equal(await cell("decoder", "state"), "weight shared with embedding.weight");
    const shares = await Promise.all(["embedding", "hidden", "act", "decoder", ""].map(async (path) => Number.parseFloat((await cell(path, "time"))!)));
    const whole = shares.pop()!;
    assert.ok(whole <= 100 && shares.reduce((sum, share) => sum + share, 0) <= whole + 0.5, `${shares.join(" + ")} of ${whole} %`);
    await workbench.screenshot("table-dark");

    await workbench.inPanel("heading-multiplyAdds").click();
    const paths = () => panel.getByTestId("module-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-path")));
    assert.deepEqual((await paths()).slice(0, 2), ["hidden", "decoder"]);
    await workbench.inPanel("module-tree").focus();
    await workbench.page.keyboard.press("Control+f");
    await workbench.page.keyboard.type("linear");
    await eventually("the linear layers", paths, (found) => found.join() === "hidden,decoder,spare");

    await workbench.runCommand("Kindling: Copy Module Table as Markdown");
    const copied = await eventually(
      "the table on the clipboard",
      () => workbench.page.evaluate(() => navigator.clipboard.readText()),
      (clip) => clip.startsWith("| Module |"),
    );
    const lines = copied.split("\n");
    assert.match(lines[0]!, /^\| Module \| Type \|.* Multiply-adds \| Memory \| Forward \| Backward \| Time \|/);
    assert.deepEqual(
      lines.slice(2, 5).map((line) => line.split(" | ").slice(0, 2).join(" ")),
      ["| hidden Linear", "| decoder Linear", "| spare Linear"],
    );
    assert.ok(copied.includes("- Multiply-adds: 20.0 k"));
  });
});
