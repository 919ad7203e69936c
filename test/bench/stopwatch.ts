/** Time as a user feels it: from a key or a sight to a sight, in the page's own clock. */
import { setTimeout as after } from "node:timers/promises";
import type { Page } from "playwright-core";

/** Milliseconds until a sight that does not come is given up. */
const patience = 60_000;

/** An element, and a text that must be in it if one is given. */
export interface Sight {
  readonly selector: string;
  readonly text?: string;
}

export type Begin = { readonly key: string } | Sight;

/**
 * Arms a stopwatch in the page. What it resolves to waits for the end and gives the milliseconds from the key press (or
 * the first sight) until `end` can be seen. Nothing polls: every change of the page is looked at as it happens.
 */
export async function stopwatch(page: Page, begin: Begin, end: Sight): Promise<() => Promise<number>> {
  await page.evaluate(
    ([begin, end]) => {
      const sees = ({ selector, text }: Sight): boolean =>
        [...document.querySelectorAll(selector)].some((element) => text === undefined || element.textContent?.replaceAll("\u00a0", " ").includes(text));
      const holder = window as unknown as { stopwatch: Promise<number> };
      holder.stopwatch = new Promise((resolve) => {
        let begun: number | undefined;
        const press = (event: KeyboardEvent): void => {
          if ("key" in begin && event.key.toLowerCase() === begin.key.toLowerCase()) begun ??= event.timeStamp;
        };
        const observer = new MutationObserver(() => {
          if (begun === undefined && "selector" in begin && sees(begin)) begun = performance.now();
          if (begun === undefined || !sees(end)) return;
          observer.disconnect();
          window.removeEventListener("keydown", press, { capture: true });
          resolve(performance.now() - begun);
        });
        window.addEventListener("keydown", press, { capture: true });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["class", "aria-expanded"] });
      });
    },
    [begin, end] as const,
  );
  return async () => {
    const ended = page.evaluate(() => (window as unknown as { stopwatch: Promise<number> }).stopwatch);
    ended.catch(() => {});
    const late = after(patience, undefined, { ref: false }).then(() => {
      throw new Error(`not within ${patience / 1000} s: ${JSON.stringify(end)}`);
    });
    return Promise.race([ended, late]);
  };
}
