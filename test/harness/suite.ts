/** The editor that the end-to-end tests share; what it said is printed when one of them fails. */
import { Editor } from "./editor.ts";
import { vsix } from "./vsix.ts";

let shared: Editor | undefined;

// Of all files: a server, an extension that is installed and a browser are as good for the next window.
after(() => shared?.close());

/** Starts the editor before the block's tests if it isn't there yet. Each test opens a window of its own in it, and closes it. */
export function withEditor(): () => Editor {
  before(async function () {
    this.timeout(120_000);
    shared ??= await Editor.start(await vsix());
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    await shared?.current?.screenshot(`failed ${this.currentTest.fullTitle().replaceAll(/[^\w ]+/g, "")}`).catch(() => {});
    console.error(shared?.diary());
  });

  return () => {
    if (!shared) throw new Error("the editor starts before the block's first test");
    return shared;
  };
}
