/** The end of this process for certain, whatever its threads are busy with. */
import { spawnSync } from "node:child_process";

/** Milliseconds within which the system tells which processes there are. */
const patience = 1000;

/**
 * Kills this process and all that it started, at once and without a last word: a thread within a call of the system's
 * (`execSync`, a file that nobody writes) holds up every gentler way.
 */
export function endWithChildren(): never {
  if (process.platform === "win32") spawnSync("taskkill", ["/pid", String(process.pid), "/t", "/f"], { timeout: patience, windowsHide: true });
  else for (const child of descendants(process.pid)) kill(child);
  kill(process.pid);
  // The signal is on its way.
  for (;;);
}

function descendants(ancestor: number): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8", timeout: patience });
  const pairs = (stdout ?? "").split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const found = [ancestor];
  for (const parent of found) found.push(...pairs.flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : [])));
  return found.slice(1);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
