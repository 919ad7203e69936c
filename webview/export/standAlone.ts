/** Stands in VS Code's place where the panel's page is a file of its own: gives it its look, what it remembers, its run and that one's family. */
import { pageContent, toPanel, type FromPanel, type PageLook, type ToPanel } from "../../src/run/panelMessages.ts";
import { isFinal } from "../../src/run/standing.ts";
import type { Host } from "../store.ts";

interface Exported {
  readonly look: PageLook;
  /** As it is stored: JSON, packed by gzip, in base64. */
  readonly content: string;
}

const { look, content } = JSON.parse(document.getElementById("exported")!.textContent) as Exported;

for (const [name, value] of Object.entries(look.variables)) document.documentElement.style.setProperty(name, value);
document.body.className = `${look.classes} exported`;

let remembered: unknown = JSON.parse(look.memory);

const host: Host = {
  isAlone: true,
  getState: () => remembered,
  setState: (state) => (remembered = state),
  postMessage: (sent) => answer(sent as FromPanel),
};

Object.assign(window, { acquireVsCodeApi: () => host });

function answer(message: FromPanel): void {
  switch (message.type) {
    case "ready":
      return void tellContent();
    case "save":
      return download(message.name, new Blob([message.text]));
    case "saveBytes":
      return download(message.name, new Blob([bytesOf(message.base64)]));
    case "copy":
      return void navigator.clipboard.writeText(message.text);
    default:
      // There is no run to steer, no other one to show, and no file to go to.
      return;
  }
}

async function tellContent(): Promise<void> {
  const unpacked = new Blob([bytesOf(content)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const stored: unknown = JSON.parse(await new Response(unpacked).text());
  const { run, family } = pageContent.decode(stored);
  // One that was under way when the page was made goes on elsewhere, and hears nothing from here.
  tell({ type: "snapshot", run: isFinal(run.state) ? run : { ...run, onlyWatched: true } });
  tell({ type: "family", runId: run.runId, family });
}

function tell(message: ToPanel): void {
  window.postMessage(toPanel.encode(message), "*");
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
