/** The panel's pages for the tests of a `describe` block; one browser serves all blocks. */
import { PanelPages } from "./page.ts";

let started: Promise<PanelPages> | undefined;

// At the end of everything, as it stands in no block.
after(async () => (await started)?.stop());

/** Starts the browser before the block's tests, where it isn't up yet. */
export function withPages(): Pick<PanelPages, "open" | "openAlone" | "assets"> {
  before(async function () {
    this.timeout(60_000);
    await (started ??= PanelPages.start());
  });
  const pages = async (): Promise<PanelPages> => (await started)!;
  return {
    open: async (options) => (await pages()).open(options),
    openAlone: async (address, requests) => (await pages()).openAlone(address, requests),
    assets: async () => (await pages()).assets(),
  };
}
