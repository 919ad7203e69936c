// A real VS Code, from the npm registry alone: the server inside the `code-server` package, run by a Node 24 that is
// an npm package too. Nothing is compiled and nothing is written outside the cache.
//   node scripts/vscode-server.mjs     installs it (once) and prints where it is
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { installNode, nodeIn } from "./nodes.mjs";
import { PlainError, cacheDirectory, freePort, installOnce, npmInstall, root, run, runScript, say, spawnTied } from "./system.mjs";

const serverVersion = "4.139.1";
const nodeMajor = 24;
/** Counts up when this recipe changes, so that an older installation is not taken for the new one. */
const recipe = 1;

/** Of no use to an editor in a browser, but most of the download: chat agents, containers, ssh, Windows. */
const unneeded = [
  "@devcontainers/cli",
  "@github/copilot-sdk",
  "@microsoft/mxc-sdk",
  "@vscode/copilot-api",
  "@vscode/sandbox-runtime",
  "@vscode/sqlite3",
  "@vscode/windows-process-tree",
  "@vscode/windows-registry",
  "kerberos",
  "ssh2",
];

/** Native modules that would have to be compiled, and the file of each package that our plain JavaScript takes the place of. */
const standIns = {
  "spdlog.cjs": join("spdlog", "index.js"),
  "native-watchdog.cjs": join("native-watchdog", "index.js"),
};

/** Installs the server if it is not in the cache yet. Resolves to its parts. */
export async function ensureServer() {
  const directory = join(cacheDirectory(), `vscode-server-${serverVersion}-${process.platform}-${process.arch}-${recipe}`);
  await installOnce(directory, install);
  return {
    directory,
    node: nodeIn(join(directory, "node")),
    main: join(directory, "code-server", "lib", "vscode", "out", "server-main.js"),
  };
}

/** Each step can be cut off and done again. */
async function install(partial, directory) {
  say(`installing VS Code (code-server ${serverVersion} from npm, about 400 MB) into ${directory}; this happens once`);

  say(`  Node ${nodeMajor}`);
  await installNode(join(partial, "node"), nodeMajor);

  const server = join(partial, "code-server");
  if (!existsSync(server)) {
    say("  the server");
    const unpacked = join(partial, "package");
    rmSync(unpacked, { recursive: true, force: true });
    await run("npm", ["pack", `code-server@${serverVersion}`, "--pack-destination", partial, "--loglevel=error"], { cwd: partial });
    const archive = readdirSync(partial).find((name) => name.endsWith(".tgz"));
    await run("tar", ["-xzf", archive], { cwd: partial });
    rmSync(join(partial, archive));
    renameSync(unpacked, server);
  }

  say("  what the server depends on");
  const code = join(server, "lib", "vscode");
  dropDependencies(join(code, "package.json"));
  await npmInstall(code);
  await npmInstall(join(code, "extensions"));
  rmSync(join(code, "extensions", "copilot"), { recursive: true, force: true });
  for (const [name, file] of Object.entries(standIns)) {
    copyFileSync(join(root, "scripts", "vscode-server", "stand-ins", name), join(code, "node_modules", "@vscode", file));
  }
  say("  done");
}

function dropDependencies(manifest) {
  const content = JSON.parse(readFileSync(manifest, "utf8"));
  for (const name of unneeded) delete content.dependencies[name];
  writeFileSync(manifest, JSON.stringify(content, null, 2));
}

/** Settings for an editor that shows Kindling and nothing else that moves, asks or calls home. */
export const calmSettings = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
  "security.workspace.trust.banner": "always",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.restoreWindows": "none",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** What VS Code keeps below a server's data folder: settings of the user, extensions. */
export function prepareData(data, settings) {
  const user = join(data, "data", "User");
  mkdirSync(user, { recursive: true });
  const file = join(user, "settings.json");
  // What the user changed in the editor wins over what we would set.
  const before = existsSync(file) ? readSettings(file) : {};
  writeFileSync(file, JSON.stringify({ ...settings, ...before }, null, 2));
}

function readSettings(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    renameSync(file, `${file}.unreadable`);
    return {};
  }
}

const commonArguments = ["--accept-server-license-terms", "--telemetry-level", "off"];

/** Installs a VSIX into `data`'s extensions. */
export async function installExtension(server, data, vsix) {
  const output = await run(server.node, [
    server.main,
    ...commonArguments,
    "--server-data-dir",
    data,
    "--extensions-dir",
    join(data, "extensions"),
    "--install-extension",
    vsix,
    "--force",
  ]);
  if (!output.includes("successfully installed")) throw new PlainError(`VS Code did not install ${basename(vsix)}:\n${output}`);
}

/** What the address must carry, so that no other user of the machine and no web page can use this server. Stays the same. */
export function accessToken(data) {
  const file = join(data, "token");
  if (!existsSync(file)) {
    mkdirSync(data, { recursive: true });
    writeFileSync(file, randomBytes(16).toString("hex"), { mode: 0o600 });
  }
  return readFileSync(file, "utf8");
}

/**
 * Starts the server on 127.0.0.1; resolves once it accepts connections. It and all that it starts end with this process.
 * `exited` resolves with the exit code; `stop()` ends it and waits; `log()` is what it printed so far.
 */
export async function startServer(server, { data, port, token, environment = {}, extraArguments = [] }) {
  port ??= await freePort();
  const child = spawnTied(
    server.node,
    [
      server.main,
      ...commonArguments,
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      ...(token ? ["--connection-token", token] : ["--without-connection-token"]),
      "--server-data-dir",
      data,
      "--extensions-dir",
      join(data, "extensions"),
      ...extraArguments,
    ],
    { stdout: "pipe", stderr: "pipe", env: { ...process.env, ...environment } },
  );
  let output = "";
  const exited = new Promise((resolve) => child.on("close", resolve));
  await new Promise((resolve, reject) => {
    const listen = (chunk) => {
      output += chunk;
      if (output.includes("Extension host agent listening on")) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", reject);
    void exited.then((code) => reject(new PlainError(`the VS Code server ended with exit code ${code}:\n${output}`)));
  });
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    exited,
    log: () => output,
    async stop() {
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.stdin.end(), 5_000);
      await exited;
      clearTimeout(hard);
    },
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runScript(async () => {
    const { directory } = await ensureServer();
    process.stdout.write(`${directory}\n`);
  });
}
