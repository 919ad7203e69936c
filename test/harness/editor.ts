/** A VS Code server with a data folder of its own, and the Chromium that shows it. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { calmSettings, ensureServer, installExtension, startServer, type RunningServer, type Settings } from "../../scripts/vscode-server.mjs";
import { launchProfile } from "./browser.ts";
import { temporaryFolder } from "./temporary.ts";
import { Workbench } from "./workbench.ts";

/** What costs a window much and shows nothing of Kindling: with them, what a test waits for comes a fifth sooner. */
const frugalSettings: Settings = {
  "editor.cursorBlinking": "solid",
  "git.enabled": false,
  // A machine that does other things besides inspects slowly.
  "kindling.inspectTimeLimit": 60,
  "terminal.integrated.gpuAcceleration": "off",
  "typescript.tsserver.useSyntaxServer": "never",
  "workbench.reduceMotion": "on",
};

const startingSettings: Settings = { "security.workspace.trust.enabled": false, "workbench.colorTheme": "Dark Modern" };

export class Editor {
  readonly #workbenches: Workbench[] = [];
  readonly #data: string;
  readonly #server: RunningServer;
  readonly #profile: BrowserContext;

  private constructor(data: string, server: RunningServer, profile: BrowserContext) {
    this.#data = data;
    this.#server = server;
    this.#profile = profile;
  }

  /** Starts a server on a free port, with the packed extension installed if one is given. */
  static async start(vsix?: string): Promise<Editor> {
    const installed = await ensureServer();
    const data = temporaryFolder("editor");
    if (vsix) await installExtension(installed, data, vsix);
    const server = await startServer(installed, { data, environment: { EXTENSIONS_GALLERY: "{}" } });
    return new Editor(data, server, await launchProfile(join(data, "profile"), { width: 1600, height: 1000 }));
  }

  /** Where VS Code unpacked the extensions. */
  get extensions(): string {
    return join(this.#data, "extensions");
  }

  /**
   * Opens a window on a folder, that knows nothing of the one before it, which is closed. The settings are calm and frugal
   * ones plus `settings`; the folder is trusted unless `security.workspace.trust.enabled` is set to true.
   */
  async openWorkbench(folder: string, settings: Settings = {}): Promise<Workbench> {
    await this.current?.close();
    this.writeSettings(settings);
    const page = await this.#profile.newPage();
    await this.#forget(page);
    const workbench = await Workbench.open(page, `${this.#server.origin}/?folder=${encodeURIComponent(folder)}`);
    this.#workbenches.push(workbench);
    return workbench;
  }

  /** VS Code keeps in the browser what was open where, what is trusted and what extensions remember. */
  async #forget(page: Page): Promise<void> {
    const session = await this.#profile.newCDPSession(page);
    await session.send("Storage.clearDataForOrigin", { origin: this.#server.origin, storageTypes: "local_storage,indexeddb" });
    await session.detach();
    await this.#profile.clearCookies();
    await this.#profile.clearPermissions();
  }

  /** Replaces what `settings` says besides the calm and frugal ones; an open window takes them up when it notices. */
  writeSettings(settings: Settings): void {
    const user = join(this.#data, "data", "User");
    mkdirSync(user, { recursive: true });
    writeFileSync(join(user, "settings.json"), JSON.stringify({ ...calmSettings, ...frugalSettings, ...startingSettings, ...settings }, null, 2));
  }

  /** What the server, the extension hosts, the extensions' log channels and the pages said. */
  diary(): string {
    const logs = join(this.#data, "data", "logs");
    const files = readdirSync(logs, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".log") && name.includes("exthost"));
    const parts = files.map((name) => `--- ${name}\n${readFileSync(join(logs, name), "utf8")}`);
    return [`--- server\n${this.#server.log()}`, ...parts, ...this.#workbenches.map((workbench) => `--- page\n${workbench.console.join("\n")}`)].join("\n");
  }

  /** The window that was opened last. */
  get current(): Workbench | undefined {
    return this.#workbenches.at(-1);
  }

  async close(): Promise<void> {
    await this.#profile.close();
    await this.#server.stop();
  }
}
