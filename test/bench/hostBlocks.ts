/** How long VS Code's extension host was blocked, as an extension inside it notes it. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ensureServer, installExtension } from "../../scripts/vscode-server.mjs";
import { Editor } from "../harness/editor.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";

export class HostBlocks {
  readonly #file = join(temporaryFolder("host-blocks"), "blocks");
  #begin = Date.now();

  /** An editor whose extension hosts are watched. */
  async startEditor(vsix: string): Promise<Editor> {
    writeFileSync(this.#file, "");
    // The extension hosts have their environment from the server, which has it from us.
    process.env["KINDLING_HOST_BLOCKS"] = this.#file;
    const editor = await Editor.start(vsix);
    delete process.env["KINDLING_HOST_BLOCKS"];
    await installExtension(await ensureServer(), dirname(editor.extensions), await packProbe());
    return editor;
  }

  begin(): void {
    this.#begin = Date.now();
  }

  /** Since `begin`; milliseconds. */
  longest(): number {
    const lines = readFileSync(this.#file, "utf8").trim();
    if (lines === "") throw new Error("nobody in the extension host notes its blocks");
    const blocks = lines.split("\n").map((line) => line.split(" ").map(Number));
    return Math.max(0, ...blocks.filter(([at]) => at! >= this.#begin).map(([, late]) => late!));
  }
}

async function packProbe(): Promise<string> {
  const vsix = join(temporaryFolder("probe"), "probe.vsix");
  const vsce = join(repository, "node_modules", "@vscode", "vsce", "vsce");
  await promisify(execFile)(process.execPath, [vsce, "package", "--out", vsix, "--allow-missing-repository", "--skip-license", "--no-dependencies"], {
    cwd: join(import.meta.dirname, "hostProbe"),
  });
  return vsix;
}
