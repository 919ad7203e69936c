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
  const file = part(remembered, "file");
  return typeof file === "string" && isFile(file) ? file : undefined;
}

/** The id of the run that a page wrote down as the one that it shows. */
export function readShownRun(remembered: unknown): string | undefined {
  const id = part(part(remembered, "run"), "runId");
  return typeof id === "string" ? id : undefined;
}

/** The ids of the runs that a page compares. */
export function readComparedRuns(remembered: unknown): readonly string[] {
  const ids = part(remembered, "runs");
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

function part(remembered: unknown, name: string): unknown {
  return typeof remembered === "object" && remembered !== null ? (remembered as Record<string, unknown>)[name] : undefined;
}

function isFile(path: string): boolean {
  return isAbsolute(path) && !path.includes("\0");
}
