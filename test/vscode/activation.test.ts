import assert from "node:assert/strict";
import * as vscode from "vscode";

const id = "kindling.kindling";

interface CommandContribution {
  readonly command: string;
  readonly title: string;
}

describe("the extension in VS Code", () => {
  it("is there, and activates", async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not installed`);
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it("registers every command that it shows in the palette", async () => {
    const extension = vscode.extensions.getExtension(id);
    await extension?.activate();
    const contributed: CommandContribution[] = extension?.packageJSON.contributes.commands;
    assert.ok(contributed.length >= 5, "fewer commands than the extension promises");
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });
});
