// Renders media/icon.svg to media/icon.png, which the marketplace and the VSIX want. Needs Chromium.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { root } from "./system.mjs";

const size = 256;
const browser = await chromium.launch({
  executablePath: process.env.KINDLING_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: size, height: size } });
await page.setContent(`<style>body { margin: 0; background: transparent }</style>${readFileSync(join(root, "media/icon.svg"), "utf8")}`);
await page.screenshot({ path: join(root, "media/icon.png"), omitBackground: true });
await browser.close();
