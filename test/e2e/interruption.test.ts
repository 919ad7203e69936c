import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";
import { moons } from "./moons.ts";

/** A window, or its extension host, goes away in the middle of a training: its end is told, and nothing is "Running". */
const endless = moons.text.replace("epoch < 30", "epoch < 3_000_000");
/** A window that is loaded on a busy machine takes its time. */
const patience = { timeout: 90_000 };

describe("a training whose window goes away", () => {
  const editor = withEditor();
  let workbench: Workbench;

  before(async () => {
    const folder = temporaryFolder("models");
    writeFileSync(join(folder, moons.name), endless);
    workbench = await editor().openWorkbench(folder);
  });
  after(() => workbench.close());

  beforeEach(async () => {
    await workbench.openFile(moons.name);
    await workbench.runCommand("Kindling: Train Model");
    await workbench.statusShows(/epoch .*step \d.*loss/i);
    await workbench.inPanel("run-state", `[data-state="running"]`).waitFor(patience);
  });

  const isOver = async (): Promise<void> => {
    await workbench.page.locator(".statusbar-item[id*='kindling']", { hasText: /ended when the window closed/ }).waitFor(patience);
    await workbench.inPanel("run-state", `[data-state="interrupted"]`).waitFor(patience);
    await eventually(
      "lenses that offer to train",
      () => workbench.lensTexts(),
      (all) => all.some((text) => text.includes("▶ Train")) && all.every((text) => !text.includes("Stop")),
    );
  };

  it("has ended when the window is loaded again", async function () {
    this.timeout(300_000);
    await workbench.reload();
    await isOver();
    await workbench.statusShows(/ended when the window closed · step [\d,]+ · loss/);
  });

  it("has ended when the extension host was killed, in the panel that was open, too", async function () {
    this.timeout(300_000);
    // Those of windows that were closed stay for a while, in case they come back.
    const host = extensionHosts().findLast((one) => parentIs(one.parent, editor().extensions));
    assert.ok(host, "no extension host of this editor's");
    process.kill(host.id, "SIGKILL");
    await isOver();
    assert.equal(await workbench.page.locator(".tab", { hasText: "Kindling: moons" }).count(), 1);
  });
});

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): readonly Process[] {
  return execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .flatMap((line) => {
      const [, id, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return command === undefined ? [] : [{ id: Number(id), parent: Number(parent), command }];
    });
}

function extensionHosts(): readonly Process[] {
  return processes().filter(({ command }) => command.includes("--type=extensionHost"));
}

/** Whether the server of that process has its extensions there: other editors may run on the machine. */
function parentIs(id: number, extensions: string): boolean {
  return processes().some((one) => one.id === id && one.command.includes(extensions.replace(/\/extensions$/, "")));
}
