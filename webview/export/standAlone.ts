/** Stands in VS Code's place where the panel's page is a file of its own: gives it its look, what it remembers, and its run. */
import { toPanel, type FromPanel, type PageLook } from "../../src/run/panelMessages.ts";
import { storedSnapshot } from "../../src/run/records.ts";
import type { Host } from "../store.ts";

interface Exported {
  readonly look: PageLook;
  /** As it is stored: JSON, packed by gzip, in base64. */
  readonly run: string;
}

const { look, run } = JSON.parse(document.getElementById("exported")!.textContent) as Exported;

for (const [name, value] of Object.entries(look.variables)) document.documentElement.style.setProperty(name, value);
document.body.className = `${look.classes} exported`;

let remembered: unknown = JSON.parse(look.memory);

const host: Host = {
  getState: () => remembered,
  setState: (state) => (remembered = state),
  postMessage: (sent) => answer(sent as FromPanel),
};

Object.assign(window, { acquireVsCodeApi: () => host });

function answer(message: FromPanel): void {
  switch (message.type) {
    case "ready":
      return void tellRun();
    case "save":
      return download(message.name, new Blob([message.text]));
    case "saveBytes":
      return download(message.name, new Blob([bytesOf(message.base64)]));
    case "copy":
      return void navigator.clipboard.writeText(message.text);
    default:
      // There is no run to steer and no file to go to.
      return;
  }
}

async function tellRun(): Promise<void> {
  const unpacked = new Blob([bytesOf(run)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const stored: unknown = JSON.parse(await new Response(unpacked).text());
  window.postMessage(toPanel.encode({ type: "snapshot", run: storedSnapshot.decode(stored) }), "*");
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
