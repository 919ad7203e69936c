/** What the panel's page says, checked: a page is not to be believed, whatever it is made of. */
import { isAbsolute } from "node:path";
import type { FromPanel, SourcePosition } from "../../protocol/index.ts";

type PanelCommand = Extract<FromPanel, { type: "command" }>["command"];

const commands: ReadonlySet<unknown> = new Set<PanelCommand>(["train", "inspect", "pause", "resume", "stop"]);

/** @returns a message of the agreed form, made anew of its known parts; undefined for anything else */
export function readPanelMessage(value: unknown): FromPanel | undefined {
  if (!isRecord(value)) return undefined;
  switch (value["type"]) {
    case "ready":
      return { type: "ready" };
    case "command":
      return commands.has(value["command"]) ? { type: "command", command: value["command"] as PanelCommand } : undefined;
    case "reveal": {
      const position = readPosition(value["position"]);
      return position && { type: "reveal", position };
    }
    default:
      return undefined;
  }
}

function readPosition(value: unknown): SourcePosition | undefined {
  if (!isRecord(value)) return undefined;
  const { file, line, column } = value;
  const isFile = typeof file === "string" && isAbsolute(file) && !file.includes("\0");
  return isFile && isPlace(line) && isPlace(column) ? { file, line, column } : undefined;
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
