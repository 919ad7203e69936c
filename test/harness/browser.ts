/** Chromium, as the tests drive it: Debian's, headless, quiet towards the network. */
import { chromium, type Browser, type BrowserContext } from "playwright-core";

const options = {
  executablePath: process.env.KINDLING_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--force-color-profile=srgb",
  ],
};

export function launchBrowser(): Promise<Browser> {
  return chromium.launch(options);
}

/** Chromium with a profile on the disk: what it has loaded and compiled once it need not load and compile again. */
export function launchProfile(folder: string, viewport: { width: number; height: number }): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { ...options, viewport });
}
