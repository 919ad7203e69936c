/** Processes of this machine, by their numbers. */
import { readFileSync } from "node:fs";

/** Whether there is such a process on this machine, and it hasn't ended. */
export function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !hasEnded(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** One that ended keeps its number until its parent asks how; in a container often nobody does. */
function hasEnded(pid: number): boolean {
  try {
    const told = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Behind the name, which may hold anything.
    return "ZX".includes(told[told.lastIndexOf(")") + 2]!);
  } catch {
    return false;
  }
}
