/** An editor for the tests of a `describe` block; what it said is printed when one of them fails. */
import { Editor } from "./editor.ts";
import { vsix } from "./vsix.ts";

/** Starts an editor before the block's tests and ends it after them. */
export function withEditor({ extension = true }: { readonly extension?: boolean } = {}): () => Editor {
  let editor: Editor | undefined;

  before(async function () {
    this.timeout(120_000);
    editor = await Editor.start(extension ? await vsix() : undefined);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    await editor?.current?.screenshot(`failed ${this.currentTest.fullTitle().replaceAll(/[^\w ]+/g, "")}`).catch(() => {});
    console.error(editor?.diary());
  });

  after(() => editor?.close());

  return () => {
    if (!editor) throw new Error("the editor starts before the block's first test");
    return editor;
  };
}
