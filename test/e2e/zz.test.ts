import { cpSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";

describe("zzshots", () => {
  const editor = withEditor();
  it("x", async function () {
    this.timeout(200_000);
    const folder = temporaryFolder("shots");
    cpSync(join(repository, "examples"), folder, { recursive: true });
    const workbench = await editor().openWorkbench(folder, { "kindling.openPanelOnTrain": false });
    for (const name of process.env.SHOTS!.split(",")) {
      await workbench.openFile(name);
      await workbench.lens(/params/).waitFor();
      await workbench.page.waitForTimeout(3000);
      await workbench.screenshot(`zz-${name}`);
    }
  });
});
