/** A VS Code window as a user works with it: keys, clicks, and what can be read on the screen. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Frame, FrameLocator, Locator, Page } from "playwright-core";
import type { TabId } from "../../webview/frame/arrangement.ts";
import { repository } from "./temporary.ts";
import { eventually } from "./wait.ts";

export const screenshotFolder = join(repository, "test", "screenshots");

export interface TreeRow {
  /** From 1. */
  readonly level: number;
  readonly label: string;
  /** What stands muted behind the label. */
  readonly description: string;
  /** Absent for a row without children. */
  readonly expanded?: boolean;
}

export class Workbench {
  readonly page: Page;
  /** What the page wrote to its console, newest last. */
  readonly console: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(60_000);
    page.on("console", (message) => this.console.push(`[${message.type()}] ${message.text()}`));
    page.on("pageerror", (error) => this.console.push(`[uncaught] ${error.stack ?? error.message}`));
  }

  static async open(page: Page, url: string): Promise<Workbench> {
    const workbench = new Workbench(page);
    // The loader of the tests wraps functions in a helper of this name, which functions sent to the page call too.
    await page.addInitScript("globalThis.__name = (value) => value");
    await page.goto(url);
    await workbench.#ready();
    return workbench;
  }

  /**
   * Waits for the window and for the parts of VS Code that it starts when it is idle, among them the one that says whether
   * the folder is trusted: a palette opened before that offers fewer commands, and the work of opening it puts them off.
   */
  async #ready(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.editor").waitFor();
    await this.page.locator(".statusbar-item").first().waitFor();
    await this.page.waitForFunction(() => performance.getEntriesByName("code/didCreateWorkbenchContributions/3").length > 0);
  }

  /** Reloads the window by VS Code's own command, which lets it write down first what is open. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("load");
    await this.runCommand("Developer: Reload Window");
    await loaded;
    await this.#ready();
  }

  /**
   * Runs a command by its title in the palette, which must come to offer exactly that title: the list is made when the
   * palette opens, so one opened before the extension was there is opened again.
   */
  async runCommand(title: string): Promise<void> {
    const row = this.#quickRow(title);
    const isOffered = async (): Promise<boolean> => {
      await this.page.keyboard.press("F1");
      await this.#type(`>${title}`);
      // Filtering takes its time; opening the palette takes far more.
      return row.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    };
    await eventually(`the command ${title}`, isOffered, async (offered) => {
      if (!offered) await this.page.keyboard.press("Escape");
      return offered;
    });
    await row.click();
  }

  /**
   * Takes an entry of the context menu that is open. VS Code's menus hear no button of the mouse in their first tenth of a
   * second, so that the click that opened one chooses nothing: it is clicked until the menu is gone.
   */
  async chooseInMenu(label: string): Promise<void> {
    const entry = this.page.locator(".monaco-menu .action-label", { hasText: label });
    await entry.waitFor();
    const click = async (): Promise<boolean> => {
      await entry.click({ timeout: 1_000 }).catch(() => undefined);
      return entry.isVisible();
    };
    await eventually(`${label} to be chosen`, click, (isOpen) => !isOpen);
  }

  /** Opens a file of the folder by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    await this.choose(name, name);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.page.locator(".editor-group-container.active .monaco-editor .view-line").first().waitFor();
  }

  /** Closes all files and panels, for another test to begin in the same window. */
  async closeEditors(): Promise<void> {
    await this.runCommand("View: Close All Editors");
    await eventually(
      "no editor",
      () => this.page.locator(".part.editor .tab").count(),
      (count) => count === 0,
    );
  }

  /** Types into the quick input and takes the row with that label. Waits for the row: lists are filled as hosts start. */
  async choose(typed: string, label: string): Promise<void> {
    await this.#type(typed);
    await this.#quickRow(label).click();
  }

  async #type(text: string): Promise<void> {
    await this.page.locator(".quick-input-widget input[type='text']").fill(text);
  }

  #quickRows(): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row");
  }

  #quickRow(label: string): Locator {
    return this.#quickRows()
      .filter({ has: this.page.locator(".label-name", { hasText: new RegExp(`^${escape(label)}$`) }) })
      .first();
  }

  /** Titles that the palette offers for what is typed; it is closed again unless it is to `stay`. */
  async offeredCommands(typed: string, { stay = false } = {}): Promise<string[]> {
    await this.page.keyboard.press("F1");
    await this.#type(`>${typed}`);
    await this.#quickRows().first().waitFor();
    const titles = await this.#quickRows().locator(".label-name").allTextContents();
    if (!stay) await this.page.keyboard.press("Escape");
    return titles;
  }

  /** The text of each CodeLens on the screen, top to bottom. Those further down are VS Code's to fill in when they come into sight. */
  async lensTexts(): Promise<string[]> {
    const lenses = this.page.locator(".codelens-decoration");
    const found = await lenses.evaluateAll((elements) =>
      elements.map((element) => {
        const inSight = element.checkVisibility({ visibilityProperty: true });
        return { top: element.getBoundingClientRect().top, inSight, text: element.textContent ?? "" };
      }),
    );
    return found
      .filter(({ inSight }) => inSight)
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => plain(text))
      .filter((text) => text !== "");
  }

  lens(text: string | RegExp): Locator {
    return this.page.locator(".codelens-decoration").filter({ hasText: text }).first();
  }

  /** What stands behind the lines of the code, top to bottom, as it is drawn. */
  async liveTexts(): Promise<string[]> {
    const found = await this.page
      .locator(".view-line span[class*='ced-']")
      .evaluateAll((elements) => elements.map((element) => ({ top: element.getBoundingClientRect().top, text: getComputedStyle(element, "::after").content })));
    return found
      .filter(({ text }) => text.startsWith('"'))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => plain(text.slice(1, -1)));
  }

  /** Opens Kindling's view container and resolves to its tree's rows on the screen, top to bottom. */
  async treeRows(): Promise<TreeRow[]> {
    const rows = (await this.tree()).locator(".monaco-list-row");
    const found = await rows.evaluateAll((elements) =>
      elements.map((element) => ({
        index: Number(element.getAttribute("data-index")),
        level: Number(element.getAttribute("aria-level")),
        label: element.querySelector(".label-name")?.textContent?.trim() ?? "",
        description: element.querySelector(".label-description")?.textContent?.trim() ?? "",
        expanded: element.getAttribute("aria-expanded"),
      })),
    );
    return found
      .sort((a, b) => a.index - b.index)
      .map(({ level, label, description, expanded }) => ({
        level,
        label,
        description,
        ...(expanded === null ? {} : { expanded: expanded === "true" }),
      }));
  }

  /** Kindling's tree, in the side bar. */
  async tree(): Promise<Locator> {
    const container = this.page.locator(".part.sidebar .composite[id^='workbench.view.extension.kindling']");
    // While the container stands open its list may be on its way; another click would close it. The badge, if there is one,
    // lies over the link, and is clicked as well as it.
    if (!(await container.isVisible())) await this.page.locator(".activitybar .action-item a[aria-label^='Kindling']").click({ force: true });
    const tree = container.locator(".monaco-list").first();
    await tree.waitFor();
    return tree;
  }

  treeRow(label: string): Locator {
    return this.page
      .locator(".part.sidebar .monaco-list-row")
      .filter({ has: this.page.locator(".label-name", { hasText: new RegExp(`^${escape(label)}$`) }) })
      .first();
  }

  /** The document inside the panel's webview, which VS Code nests in a frame of its own. */
  panelFrame(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  /** The panel's elements of that `data-testid`. */
  inPanel(testId: string, more = ""): Locator {
    return this.panelFrame().locator(`[data-testid="${testId}"]${more}`);
  }

  /** Brings a tab of the panel in sight; the modules stand beside the tabs, or above them, where there is room. */
  async turnTo(tab: TabId): Promise<void> {
    await this.panelFrame().getByRole("tab").first().waitFor();
    const found = this.inPanel(`tab-${tab}`);
    if ((await found.count()) > 0) await found.click();
  }

  /** The document of that file's panel, where several are open. */
  async panelOf(file: string): Promise<Frame> {
    const nameIn = (frame: Frame) => frame.evaluate(() => document.querySelector("[data-testid=panel-file]")?.textContent ?? "").catch(() => "");
    const named = await eventually(
      `the panel of ${file}`,
      () => Promise.all(this.page.frames().map(async (frame) => ({ frame, name: await nameIn(frame) }))),
      (frames) => frames.some(({ name }) => name === file),
    );
    return named.find(({ name }) => name === file)!.frame;
  }

  /** Waits until an item of the extension's in the status bar reads so. */
  async statusShows(text: RegExp): Promise<void> {
    await this.page.locator(".statusbar-item[id*='kindling']", { hasText: text }).waitFor();
  }

  /** Opens the Problems view; its rows' texts, files and problems alike. */
  async problems(): Promise<string[]> {
    if (!(await this.page.locator(".markers-panel").isVisible())) await this.page.keyboard.press("Control+Shift+M");
    await this.page.locator(".markers-panel").waitFor();
    return (await this.page.locator(".markers-panel .monaco-list-row").allTextContents()).map(plain);
  }

  /** Saves what is to be seen into test/screenshots/NAME.png. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshotFolder, { recursive: true });
    await this.page.screenshot({ path: join(screenshotFolder, `${name}.png`) });
  }

  /** Chooses a colour theme as a user does, and waits until the window has it. */
  async setTheme(name: string, kind: "light" | "dark"): Promise<void> {
    await this.runCommand("Preferences: Color Theme");
    await this.choose(name, name);
    await this.waitForTheme(kind);
  }

  /** Waits until the window's colours are those of a light or dark theme. */
  async waitForTheme(kind: "light" | "dark"): Promise<void> {
    await this.page.locator(kind === "dark" ? ".monaco-workbench.vs-dark" : ".monaco-workbench.vs").waitFor();
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}

/** VS Code writes no-break spaces between words that shall not be parted. */
function plain(text: string): string {
  return text.replaceAll(/[\s\u00a0]+/g, " ").trim();
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
