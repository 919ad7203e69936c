/** Why a runner process that died without a last word did so, in words for the user. */
import type { Problem } from "../protocol/index.ts";

/**
 * @param code exit code; `null` where there is none
 * @param lastWords the end of what the process wrote to stderr, where that is known
 */
export function deathProblem(code: number | null, signal: string | null, lastWords = ""): Problem {
  if (/heap out of memory|Array buffer allocation failed|Cannot allocate memory|ENOMEM/i.test(lastWords)) {
    const message = "The process that ran this file ran out of memory. Make the tensors or the batch smaller, then run it again.";
    return { severity: "error", code: "memory", message };
  }
  const how = signal ?? (code === null ? "it could not be started" : `exit code ${code}`);
  const parts = [`The process that ran this file ended before the run did (${how}).`, lastError(lastWords), advice(signal)];
  return { severity: "error", code: "crash", message: parts.filter((part) => part !== "").join(" ") };
}

function advice(signal: string | null): string {
  switch (signal) {
    case "SIGKILL":
      return "Something outside killed it; the system does that when memory runs out. Run it again, with smaller tensors or batches if that is the reason.";
    case "SIGHUP":
    case "SIGQUIT":
      return "Something outside ended it. Run it again.";
    default:
      return "Run it again.";
  }
}

function lastError(text: string): string {
  const lines = text.trim().split("\n");
  return (lines.find((line) => /^\w*Error\b/.test(line.trim())) ?? lines.at(-1) ?? "").trim();
}
