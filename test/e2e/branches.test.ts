/** The tree of branches in the panel, in the packed extension. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { pageContent, type PageContent } from "../../src/run/panelMessages.ts";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import { adder } from "../webview/comparedRuns.ts";

/** What an exported page shows. */
function contentOf(page: string): PageContent {
  const [, data] = /<script type="application\/json" id="exported">(.*)<\/script>/.exec(page)!;
  const { content } = JSON.parse(data!) as { readonly content: string };
  return pageContent.decode(JSON.parse(gunzipSync(Buffer.from(content, "base64")).toString()));
}

describe("a person whose run has branches", () => {
  const editor = withEditor();

  it("sees in the panel what differs and what is shared, and goes from one to the other by a click and by the keys", async () => {
    const folder = temporaryFolder("branches");
    writeFileSync(join(folder, "package.json"), "{}");
    writeFileSync(join(folder, "net.model.ts"), adder(0.01));
    const workbench = await editor().openWorkbench(folder);
    await workbench.openFile("net.model.ts");
    await workbench.runCommand("Kindling: Train Model");
    await workbench.inPanel("run-state", '[data-state="finished"]').waitFor({ timeout: 90_000 });
    assert.equal(await workbench.inPanel("branches").count(), 0);
    const { page } = workbench;
    const input = page.locator(".quick-input-widget input[type='text']");
    const type = async (asked: string, words: string) => {
      await page.locator(".quick-input-widget").getByText(asked).first().waitFor();
      await input.fill(words);
      await page.keyboard.press("Enter");
    };
    await workbench.runCommand("Kindling: Branch Kept Run…");
    await page.locator(".quick-input-list").getByText("200 steps").click();
    await type("Go on another way from before which step?", "80");
    await page.locator(".quick-input-list").getByText("Another Learning Rate…").click();
    await type("Learning rate from there on", "0.1");
    const shown = workbench.inPanel("branch", "[aria-current]");
    const branch = shown.filter({ hasText: "lr 0.01 → 0.1" });
    await branch.waitFor({ timeout: 60_000 });
    assert.match(await branch.innerText(), /step 80/);
    await workbench.inPanel("run-state", '[data-state="finished"]').waitFor({ timeout: 60_000 });
    await workbench.screenshot("branches-dark");
    // The trunk is shown where the branch was, and the keys are in it.
    await workbench.inPanel("branch").first().click();
    const trunk = shown.filter({ hasNotText: "lr 0.01" });
    await trunk.waitFor();
    // A page of its own is of the run that the panel shows, and not of what its file ran last.
    await workbench.inPanel("export-panel").click();
    const place = join(folder, "net.html");
    await eventually(
      "the dialog's offer of net.html",
      () => input.inputValue(),
      (value) => value === place,
    );
    await page.keyboard.press("Enter");
    const exported = await eventually(
      "the page",
      () => (existsSync(place) ? readFileSync(place, "utf8") : ""),
      (text) => text.endsWith("</html>\n"),
    );
    const { run, family } = contentOf(exported);
    assert.deepEqual([family!.runs.map(({ difference }) => difference), family!.shown], [["", "lr 0.01 → 0.1"], family!.runs[0]!.id]);
    assert.equal(run.interventions.length, 0);
    await trunk.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    // The file's own panel has the branch already.
    await branch.waitFor();
    assert.equal(
      await page
        .locator(".tab.active")
        .filter({ hasText: /^Kindling: net$/ })
        .count(),
      1,
    );
    await workbench.setTheme("Light Modern", "light");
    await workbench.screenshot("branches-light");
    await workbench.close();
  });
});
