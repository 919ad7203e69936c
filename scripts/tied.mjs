// Runs a program that must not outlive whoever wanted it, however that one ends: when our standard input closes, which
// the system does for the dead too, the program and all that it started are killed.
//   node scripts/tied.mjs [--behind] COMMAND [ARGUMENT …]     to be spawned with a pipe for stdin
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

const behind = process.argv[2] === "--behind";
const [command, ...args] = process.argv.slice(behind ? 3 : 2);
// Passed on to it: it takes what others leave of the cores, and so do those that it starts.
if (behind) setPriority(constants.priority.PRIORITY_LOW);
// A group of its own, so that its children can be ended with it.
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], detached: true });
if (behind && child.pid) weighLightly(child.pid);

/** Linux may weigh whole sessions against each other, whatever the priorities within them; a group of its own is one. */
function weighLightly(pid) {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW));
  } catch {
    // Where there is no such thing, or nobody may choose, the priority has to do.
  }
}

function endAll() {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

process.stdin.on("close", endAll).on("error", endAll).resume();
// Asked to end, it may do so in its own way.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`${command} could not be started: ${error.message}\n`);
  process.exit(127);
});
child.on("exit", (code) => {
  // What it left behind: VS Code's extension hosts notice only after a while that their server is gone.
  endAll();
  process.exit(code ?? 1);
});
