import assert from "node:assert/strict";
import { panelHtml } from "../../src/extension/panel/page.ts";
import { readPanelMessage } from "../../src/extension/panel/readMessage.ts";

describe("what the panel's page says", () => {
  it("is taken where it has the agreed form, and nothing else of it", () => {
    const position = { file: "/models/net.model.ts", line: 3, column: 1 };
    assert.deepEqual(readPanelMessage({ type: "ready", more: 1 }), { type: "ready" });
    assert.deepEqual(readPanelMessage({ type: "command", command: "pause" }), { type: "command", command: "pause" });
    assert.deepEqual(readPanelMessage({ type: "reveal", position: { ...position, more: 1 } }), { type: "reveal", position });
  });

  it("is ignored in any other form", () => {
    const reveal = (more: object): unknown => ({ type: "reveal", position: { file: "/a.ts", line: 1, column: 1, ...more } });
    const wrong: unknown[] = [
      undefined,
      null,
      0,
      "ready",
      [],
      ["ready"],
      {},
      { type: "toString" },
      { type: ["ready"] },
      { type: "command" },
      { type: "command", command: "newModel" },
      { type: "command", command: "constructor" },
      { type: "command", command: ["train"] },
      { type: "reveal" },
      { type: "reveal", position: null },
      reveal({ file: "a.ts" }),
      reveal({ file: 7 }),
      reveal({ file: "/a\0.ts" }),
      reveal({ line: 0 }),
      reveal({ line: NaN }),
      reveal({ line: "1" }),
      reveal({ column: 1.5 }),
      reveal({ column: Infinity }),
      reveal({ column: null }),
    ];
    for (const value of wrong) assert.equal(readPanelMessage(value), undefined, JSON.stringify(value));
  });
});

describe("the panel's page", () => {
  const html = panelHtml({
    script: "https://host/panel.js?a=1&b=2",
    styles: ["https://host/panel.css"],
    source: "https://host",
    nonce: "abc",
    title: 'A "title"',
  });

  it("runs its own script and no other", () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'nonce-abc';/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(html.match(/<script/g)?.length, 1);
  });

  it("has a root for the page, and no text that breaks out of its place", () => {
    assert.match(html, /<div id="root"><\/div>/);
    assert.match(html, /A &#34;title&#34;/);
    assert.match(html, /panel\.js\?a=1&#38;b=2/);
  });
});
