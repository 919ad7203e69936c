/** `node --import tsx scripts/pictures.ts`: takes the README's pictures from the packaged extension in a real VS Code. */
import { copyFileSync, cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Editor } from "../test/harness/editor.ts";
import { temporaryFolder } from "../test/harness/temporary.ts";
import { vsix } from "../test/harness/vsix.ts";
import { eventually } from "../test/harness/wait.ts";
import { screenshotFolder } from "../test/harness/workbench.ts";

const folder = temporaryFolder("pictures");
const root = join(import.meta.dirname, "..");
const pictures = join(root, "media", "pictures");
cpSync(join(root, "examples"), folder, { recursive: true });
cpSync(join(root, "dist/types"), join(folder, "node_modules/kindling/dist/types"), { recursive: true });
copyFileSync(join(root, "package.json"), join(folder, "node_modules/kindling/package.json"));
mkdirSync(pictures, { recursive: true });

const editor = await Editor.start(await vsix());
try {
  const themes = { light: "Light Modern", dark: "Dark Modern" } as const;
  const workbench = await editor.openWorkbench(folder);
  await workbench.openFile("digits.model.ts");
  await eventually(
    "counts",
    () => workbench.lensTexts(),
    (all) => all.filter((text) => text.includes("params")).length >= 2,
    120_000,
  );
  await workbench.treeRows();
  await workbench.runCommand("Kindling: Train Model");
  await workbench.inPanel("run-state", `[data-state="finished"]`).waitFor({ timeout: 240_000 });
  await workbench.inPanel("model-picker").selectOption({ label: "cnn (DigitCNN)" });
  await workbench.inPanel("module-row", `[data-path="features.2"]`).click();
  await workbench.turnTo("curves");
  for (const [kind, theme] of Object.entries(themes)) {
    await workbench.setTheme(theme, kind as keyof typeof themes);
    await workbench.screenshot(`digits-${kind}`);
    copyFileSync(join(screenshotFolder, `digits-${kind}.png`), join(pictures, `digits-${kind}.png`));
  }
} catch (error) {
  await editor.current?.screenshot("pictures-failed");
  console.error(editor.diary());
  throw error;
} finally {
  await editor.close();
}
