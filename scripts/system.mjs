// What the other scripts need of the machine: child processes, npm packages, Debian packages, a place to cache.
// Plain Node, no dependency: these run before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A failure with a remedy in its text: printed without a stack. */
export class PlainError extends Error {}

export function say(line) {
  process.stderr.write(`kindling: ${line}\n`);
}

/** Runs `main` and turns what it throws into an exit code; a PlainError shows its text only. */
export async function runScript(main) {
  try {
    const code = await main();
    if (typeof code === "number") process.exitCode = code;
  } catch (error) {
    if (error instanceof PlainError) say(error.message);
    else console.error(error);
    process.exitCode = 1;
  }
}

/** Where downloads that outlive a checkout are kept. */
export function cacheDirectory() {
  if (process.env.KINDLING_CACHE) return process.env.KINDLING_CACHE;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kindling");
}

/**
 * Sees to it that `directory`, in the cache, is installed: `install(partial, directory)` fills a folder of another name, which
 * gets its final one at the end. One that was cut off finds in `partial` what it had done.
 */
export async function installOnce(directory, install) {
  if (existsSync(directory)) return;
  await withLock(`${directory}.lock`, async () => {
    if (existsSync(directory)) return;
    const partial = `${directory}.partial`;
    mkdirSync(partial, { recursive: true });
    await install(partial, directory);
    renameSync(partial, directory);
  });
}

/** Only one process installs; others wait for it. A lock whose process is gone is taken over. */
async function withLock(file, action) {
  mkdirSync(cacheDirectory(), { recursive: true });
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const owner = Number(readFileSync(file, { encoding: "utf8", flag: "a+" }));
    if (!isAlive(owner)) {
      rmSync(file, { force: true });
      continue;
    }
    if (waited === 0) say(`waiting for process ${owner}, which holds ${file}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

function isAlive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Installs packages into `directory`, none of whose scripts run. */
export function npmInstall(directory, packages = []) {
  return run("npm", ["install", ...packages, "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: directory });
}

/**
 * Runs a program to its end. Its output is kept and shown only when it fails. Resolves to what it wrote to stdout.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let out = "";
    let all = "";
    child.stdout.on("data", (data) => {
      out += data;
      all += data;
    });
    child.stderr.on("data", (data) => {
      all += data;
    });
    child.on("error", (error) => reject(new PlainError(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(out);
      reject(new PlainError(`${[command, ...args].join(" ")} failed (${signal ?? `exit code ${code}`})${all ? `\n${all.trimEnd()}` : ""}`));
    });
  });
}

/** Starts a program that ends when this process does, however that happens, with all that it started. */
export function spawnTied(command, args, { stdout = "inherit", stderr = "inherit", ...options } = {}) {
  return spawn(process.execPath, [join(root, "scripts", "tied.mjs"), command, ...args], { ...options, stdio: ["pipe", stdout, stderr] });
}

/** Runs a program that is tied to this one, with its output shown. Resolves to whether it ended well. */
export function show(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawnTied(command, args, { cwd: root, ...options });
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}

/** The same for several at once: what one says is shown when it has ended, and not among the others' words. */
export async function showAtEnd(command, args, options = {}) {
  const child = spawnTied(command, args, { cwd: root, stdout: "pipe", stderr: "pipe", ...options });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  process.stdout.write(said);
  return code === 0;
}

/** Full path of a program on PATH, or undefined. */
export function which(name) {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(directory, name);
    if (directory && existsSync(path)) return path;
  }
  return undefined;
}

/**
 * Sees to it that each of `packages` (Debian package → file that proves it is there) is installed:
 * by apt-get where we are root, else by asking the user for exactly one command.
 */
export async function ensureDebianPackages(packages, reason) {
  const missing = Object.entries(packages)
    .filter(([, proof]) => !existsSync(proof))
    .map(([name]) => name);
  if (missing.length === 0) return;
  const install = ["install", "--yes", "--no-install-recommends", ...missing];
  const byHand = `sudo apt-get update && sudo apt-get install ${install.slice(1).join(" ")}`;
  if (!which("apt-get")) throw new PlainError(`${reason} needs ${missing.join(", ")} (Debian's names); please install them and try again.`);
  if (process.getuid?.() !== 0) throw new PlainError(`${reason} needs Debian packages that are not installed. Please run\n\n    ${byHand}\n\nand try again.`);
  say(`installing ${missing.join(" ")} with apt-get: ${reason} needs them`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update"], { env });
  await run("apt-get", install, { env });
}

/** Runs `npm ci` unless node_modules already is what package-lock.json asks for. */
export async function ensureNodeModules() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new PlainError(`Kindling needs Node 20.19 or later; this is ${process.versions.node}.`);
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  // A copy of the lock file beside the packages says which lock they were installed from, in an interrupted install too.
  const mark = join(root, "node_modules", ".kindling-lock.json");
  if (existsSync(mark) && readFileSync(mark, "utf8") === lock) return;
  if (!existsSync(mark) && installedMatches(lock)) return writeFileSync(mark, lock);
  say("installing npm packages (npm ci)");
  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root });
  writeFileSync(mark, lock);
}

/** Whether a `npm install` by hand left exactly what the lock file says. */
function installedMatches(lock) {
  const hidden = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, "utf8")).packages;
  const wanted = Object.entries(JSON.parse(lock).packages).filter(([path, entry]) => path !== "" && !entry.optional && !entry.peer);
  return wanted.every(([path, entry]) => installed[path]?.version === entry.version);
}

/** A TCP port of 127.0.0.1 that is free now: `preferred` if that is, else any. */
export function freePort(preferred = 0) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", (error) => (preferred === 0 ? reject(error) : resolve(freePort())));
    server.listen(preferred, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Whether a program answers `--version`. */
export function answers(command) {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}
