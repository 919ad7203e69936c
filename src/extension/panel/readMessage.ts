/** What the panel's page says, checked: a page is not to be believed, whatever it is made of. */
import { isAbsolute } from "node:path";
import { Malformed } from "../../run/codec.ts";
import { fromPanel, type FromPanel } from "../../run/panelMessages.ts";

/** @returns a message of the agreed form, made anew of its known parts; undefined for anything else */
export function readPanelMessage(sent: unknown): FromPanel | undefined {
  try {
    const message = fromPanel.decode(sent);
    return message.type === "reveal" && !isFile(message.position.file) ? undefined : message;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** The file that a page wrote down as its own, in what it remembers. */
export function readPanelFile(remembered: unknown): string | undefined {
  const file: unknown = typeof remembered === "object" && remembered !== null && "file" in remembered ? remembered.file : undefined;
  return typeof file === "string" && isFile(file) ? file : undefined;
}

function isFile(path: string): boolean {
  return isAbsolute(path) && !path.includes("\0");
}
