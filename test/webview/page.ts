/** The panel's page in headless Chromium, with a stand-in for VS Code around it. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium, type Browser, type Page } from "playwright-core";
import type { PageAssets } from "../../src/extension/export/exportedPage.ts";
import type { RunEvent } from "../../src/protocol/index.ts";
import { toComparison, type ToComparison } from "../../src/run/comparisonMessages.ts";
import { toPanel, type FromPanel, type ToPanel } from "../../src/run/panelMessages.ts";
import type { TabId } from "../../webview/frame/arrangement.ts";
import { drawInterval } from "../../webview/store.ts";
import { themes, type Theme } from "./themes.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const origin = "http://panel.test";
const types: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf" };
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** As strict as the panel needs: no inline script, no inline style. */
const policy = `default-src 'none'; script-src 'nonce-test'; style-src ${origin}; font-src ${origin}; img-src ${origin} data:`;

/** @param script of which page */
const html = (script: string): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="panel.css">
</head>
<body><div id="root"></div><script nonce="test" src="${script}.js"></script></body>
</html>`;

export class PanelPages {
  readonly #folder: string;
  readonly #browser: Browser;

  private constructor(folder: string, browser: Browser) {
    this.#folder = folder;
    this.#browser = browser;
  }

  static async start(): Promise<PanelPages> {
    if (!existsSync(executablePath)) throw new Error(`There is no ${executablePath}: \`npm test\` installs it, or CHROMIUM says where another is.`);
    const folder = await mkdtemp(join(tmpdir(), "kindling-panel-"));
    await build({
      absWorkingDir: root,
      entryPoints: {
        panel: "webview/main.tsx",
        comparison: "webview/compare/main.tsx",
        standAlone: "webview/export/standAlone.ts",
        style: "webview/panel.css",
      },
      bundle: true,
      outdir: folder,
      jsx: "automatic",
      jsxImportSource: "preact",
      loader: { ".ttf": "file" },
      assetNames: "[name]",
    });
    const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    return new PanelPages(folder, await chromium.launch({ executablePath, args }));
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** What a page of its own is made of. */
  async assets(): Promise<PageAssets> {
    const read = (name: string) => readFile(join(this.#folder, name));
    const [script, standAlone, style, font] = await Promise.all(["panel.js", "standAlone.js", "style.css", "codicon.ttf"].map(read));
    return { script: String(script), standAlone: String(standAlone), style: String(style), font: font! };
  }

  /** Opens a page that needs no VS Code, without a network. @param requests gathers what it asks for */
  async openAlone(address: string, requests: string[]): Promise<Panel> {
    const context = await this.#browser.newContext({ offline: true, viewport: { width: 1200, height: 800 } });
    const page = await context.newPage();
    page.on("request", (request) => requests.push(request.url()));
    await page.addInitScript({ content: `window.__name = (named) => named; ${timers}` });
    const panel = new Panel(page);
    await page.goto(address);
    return panel;
  }

  async open(options: { width?: number; height?: number; theme?: Theme; scale?: number; script?: "panel" | "comparison" } = {}): Promise<Panel> {
    const { width = 1100, height = 760, theme = themes[0]!, scale = 1, script = "panel" } = options;
    const page = await this.#browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
    await page.route(`${origin}/**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      if (name === "") return route.fulfill({ contentType: "text/html", body: html(script) });
      const stored = name === "panel.css" ? "style.css" : name;
      await route.fulfill({ contentType: types[extname(name)] ?? "", body: await readFile(join(this.#folder, stored)) });
    });
    await page.addInitScript({ content: standIn(theme) });
    const panel = new Panel(page);
    await page.goto(`${origin}/`);
    return panel;
  }
}

/** Keeps in `window.waiting` which of the page's timers have yet to go off, but for those that wait for a person: longer than it takes to draw. */
const timers = `
    window.waiting = new Map();
    {
      const { setTimeout, clearTimeout } = window;
      const over = new Map();
      window.setTimeout = (action, time = 0, ...rest) => {
        const end = () => {
          over.get(id)?.();
          over.delete(id);
          waiting.delete(id);
        };
        const id = setTimeout(() => { end(); action(...rest); }, time);
        if (time <= ${drawInterval}) waiting.set(id, new Promise((done) => over.set(id, done)));
        return id;
      };
      window.clearTimeout = (id) => {
        over.get(id)?.();
        over.delete(id);
        waiting.delete(id);
        clearTimeout(id);
      };
    }`;

/** What VS Code does around a webview's page, as a script for the page. */
function standIn(theme: Theme): string {
  return `
    // What the tests' compiler puts around functions with a name, in those that run in the page too.
    window.__name = (named) => named;
    window.posted = [];
    ${timers}
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => posted.push(message),
      getState: () => JSON.parse(sessionStorage.getItem("state")),
      setState: (state) => sessionStorage.setItem("state", JSON.stringify(state)),
    });
    document.addEventListener("DOMContentLoaded", () => {
      for (const [name, value] of Object.entries(${JSON.stringify(theme.variables)})) {
        document.documentElement.style.setProperty("--vscode-" + name, value);
      }
      document.body.className = ${JSON.stringify(theme.bodyClass)};
    });`;
}

export class Panel {
  /** What the page complained of. */
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && this.errors.push(message.text()));
  }

  send(...messages: ToPanel[]): Promise<void> {
    return this.#post(messages.map(toPanel.encode));
  }

  /** Runs beside each other, to the page of these. */
  compare(message: ToComparison): Promise<void> {
    return this.#post([toComparison.encode(message)]);
  }

  async #post(messages: readonly unknown[]): Promise<void> {
    await this.page.evaluate((encoded) => {
      for (const message of encoded) window.postMessage(message, "*");
    }, messages);
    await this.settle();
  }

  /** Changes the theme as VS Code does while the page is open. */
  async wear(theme: Theme): Promise<void> {
    await this.page.evaluate(({ variables, bodyClass }) => {
      const { style } = document.documentElement;
      for (const name of Array.from(style)) style.removeProperty(name);
      for (const [name, value] of Object.entries(variables)) style.setProperty("--vscode-" + name, value);
      document.body.className = bodyClass;
    }, theme);
    await this.settle();
  }

  /**
   * Waits until what was sent is drawn: for all timers that the page has set, and some frames. What comes in sight is told
   * to the page at the end of a frame, is drawn in the next, and may have the third lay out anew.
   */
  async settle(): Promise<void> {
    await this.page.evaluate(async () => {
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const { waiting } = window as unknown as { waiting: ReadonlyMap<number, Promise<void>> };
      do {
        await Promise.all(waiting.values());
        for (let i = 0; i < 4; i++) await frame();
      } while (waiting.size > 0);
    });
  }

  sendEvents(runId: string, events: readonly RunEvent[]): Promise<void> {
    return this.send({ type: "events", runId, events });
  }

  /** What the page has posted to the extension. */
  posted(): Promise<FromPanel[]> {
    return this.page.evaluate(() => (window as unknown as { posted: FromPanel[] }).posted);
  }

  /** Brings a tab in sight. */
  async turnTo(tab: TabId): Promise<void> {
    await this.byTestId(`tab-${tab}`).first().click();
    await this.settle();
  }

  async offeredTabs(): Promise<readonly TabId[]> {
    const ids = await this.byTestId("tabs-main")
      .getByRole("tab")
      .evaluateAll((tabs) => tabs.map((tab) => tab.dataset["testid"]!));
    return ids.map((id) => id.slice("tab-".length) as TabId);
  }

  byTestId(id: string) {
    return this.page.locator(`[data-testid="${id}"]`);
  }
}
