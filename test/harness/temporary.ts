/** Folders of a test's own, removed when the process ends. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const repository = join(import.meta.dirname, "..", "..");

const folders: string[] = [];
process.on("exit", () => {
  if (process.env.KINDLING_KEEP) return;
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `kindling-${name}-`));
  folders.push(folder);
  return folder;
}

/** A copy of `examples/` that a test may write to. */
export function copyOfExamples(): string {
  const folder = temporaryFolder("examples");
  cpSync(join(repository, "examples"), folder, { recursive: true });
  return folder;
}
