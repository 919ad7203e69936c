// Runs a program that must not outlive whoever wanted it, however that one ends: when our standard input closes, which
// the system does for the dead too, the program and all that it started are killed.
//   node scripts/tied.mjs COMMAND [ARGUMENT …]     to be spawned with a pipe for stdin
import { spawn } from "node:child_process";

const [command, ...args] = process.argv.slice(2);
// A group of its own, so that its children can be ended with it.
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], detached: true });

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
