/** What the extension costs everybody who opens a folder with models. */
import { Editor } from "../harness/editor.ts";
import { copyOfExamples } from "../harness/temporary.ts";
import type { Workbench } from "../harness/workbench.ts";
import { median, spread } from "./numbers.ts";
import { held } from "./report.ts";
import type { Subject } from "./subject.ts";

const bar = 50;

/** VS Code's own number: loading the code and calling `activate`. */
async function activationTime(workbench: Workbench): Promise<number> {
  await workbench.runCommand("Developer: Show Running Extensions");
  const row = workbench.page.locator(".runtime-extensions-editor .monaco-list-row").filter({ hasText: "Kindling" });
  const time = row.locator(".activation-time").filter({ hasText: /\d/ });
  await time.waitFor();
  const text = await time.innerText();
  const found = /([\d.,]+)\s*ms/.exec(text);
  if (!found) throw new Error(`"${text}" names no time`);
  return Number(found[1]!.replaceAll(",", ""));
}

export const activation: Subject = {
  title: "activation of the extension",
  method:
    "A new window on the examples' folder, the extension installed from the VSIX; VS Code's own number (Developer: Show Running Extensions), which is the loading of the code and the call of `activate`. The extension host is a new process each time.",
  async measure({ vsix, calm, rounds }) {
    const editor = await Editor.start(await vsix());
    const times: number[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        await calm.wait();
        const workbench = await editor.openWorkbench(copyOfExamples());
        await workbench.openFile("circle.model.ts");
        times.push(await activationTime(workbench));
        await workbench.close();
      }
    } finally {
      await editor.close();
    }
    return [{ what: "Activation in the extension host", measured: spread(times), against: `< ${bar} ms`, verdict: held(median(times), { atMost: bar }) }];
  },
};
