import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { formatNumber } from "../../src/run/numbers.ts";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import { screenshotFolder, type Workbench } from "../harness/workbench.ts";
import { moons } from "./moons.ts";

describe("a person who takes away what they see", () => {
  const editor = withEditor();
  let workbench: Workbench;
  let folder: string;

  // What is taken away is that of one training.
  before(async function () {
    this.timeout(300_000);
    folder = temporaryFolder("export");
    writeFileSync(join(folder, moons.name), moons.text);
    workbench = await editor().openWorkbench(folder);
    await workbench.openFile(moons.name);
    await workbench.runCommand("Kindling: Train Model");
    await workbench.inPanel("run-state", `[data-state="finished"]`).waitFor({ timeout: 120_000 });
  });

  after(() => workbench.close());

  /**
   * Takes the place that the save dialog offers, which must be that name beside the model; resolves to what was written.
   * @param isWhole a file is there before all of it is
   */
  async function takeOffered(name: string, isWhole = (text: string): boolean => text !== ""): Promise<string> {
    const place = join(folder, name);
    const input = workbench.page.locator(".quick-input-widget input[type='text']");
    await eventually(
      `the dialog's offer of ${name}`,
      () => input.inputValue(),
      (value) => value === place,
    );
    await workbench.page.keyboard.press("Enter");
    return eventually(`the file ${name}`, () => (existsSync(place) ? readFileSync(place, "utf8") : ""), isWhole);
  }

  const lossChart = () => workbench.inPanel("curve", `[data-name="loss"]`);

  async function save(form: "csv" | "svg"): Promise<void> {
    await lossChart().getByTestId("export").click();
    await lossChart().getByTestId(`export-${form}`).click();
  }

  it("leaves nothing behind where the dialog is dismissed", async () => {
    await workbench.turnTo("curves");
    await save("csv");
    await workbench.page.locator(".quick-input-widget input[type='text']").waitFor();
    await workbench.page.keyboard.press("Escape");
    await workbench.page.locator(".quick-input-widget input[type='text']").waitFor({ state: "hidden" });
    assert.equal(existsSync(join(folder, "moons loss.csv")), false);
  });

  it("saves a chart's numbers and its drawing beside the model", async () => {
    await workbench.turnTo("curves");
    await save("csv");
    const isWhole = (text: string): boolean => text.trim().split("\r\n").length > moons.steps;
    const [head, ...rows] = (await takeOffered("moons loss.csv", isWhole)).trim().split("\r\n");
    assert.equal(head, "step,epoch,loss");
    assert.equal(rows.length, moons.steps);
    assert.deepEqual(
      rows.map((row) => Number(row.split(",")[0])),
      Array.from({ length: moons.steps }, (_, step) => step),
    );
    assert.equal(formatNumber(Number(rows.at(-1)!.split(",")[2])), await workbench.inPanel("loss-value").innerText());

    await save("svg");
    const drawn = await workbench.page.evaluate(
      (text) => {
        const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
        return { name: root.nodeName, title: root.querySelector("title")?.textContent, lines: root.querySelectorAll("g[clip-path] path").length };
      },
      await takeOffered("moons loss.svg"),
    );
    assert.deepEqual(drawn, { name: "svg", title: "loss", lines: 2 }, "the values, and smoothed");
  });

  it("makes one page of the panel that shows the same with the network cut", async () => {
    await workbench.turnTo("layer");
    await workbench.inPanel("tensor-mean").first().waitFor();
    await workbench.page
      .locator(".editor-group-container", { has: workbench.page.locator(".tab.active", { hasText: "Kindling: moons" }) })
      .locator('[aria-label^="More Actions"]')
      .last()
      .click();
    await workbench.chooseInMenu("Export Panel as HTML…");
    await takeOffered("moons.html");
    await workbench.page.locator(".notification-toast", { hasText: "Saved moons.html." }).waitFor();

    const context = await workbench.page
      .context()
      .browser()!
      .newContext({ offline: true, viewport: { width: 1600, height: 1000 } });
    const page = await context.newPage();
    const [asked, errors]: [string[], string[]] = [[], []];
    page.on("request", (request) => asked.push(request.url()));
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(pathToFileURL(join(folder, "moons.html")).href);
    await page.getByTestId("tensor-mean").first().waitFor();
    for (const id of ["step-value", "loss-value", "shown-step", "tensor-mean", "tensor-std", "tensor-count", "total-parameters"]) {
      const [alone, inEditor] = await Promise.all([page.getByTestId(id).allTextContents(), workbench.inPanel(id).allTextContents()]);
      assert.ok(inEditor.length > 0, id);
      assert.deepEqual(alone, inEditor, id);
    }
    await page.getByTestId("tab-curves").click();
    await page.locator("[data-name=loss] canvas").waitFor();
    await page.screenshot({ path: join(screenshotFolder, "exported-page.png") });
    assert.deepEqual([asked.filter((address) => !/^(file|data|blob):/.test(address)), errors], [[], []]);
    await context.close();
  });
});
