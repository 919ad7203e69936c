// `npm start`: builds Kindling and opens VS Code on examples/ with the extension installed: the user's own `code`
// where there is one, else a VS Code server on 127.0.0.1 whose address is printed. Begins without node_modules.
//   node scripts/start.mjs [--browser] [--port N] [--folder PATH]
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { PlainError, answers, cacheDirectory, ensureNodeModules, freePort, root, run, runScript, say } from "./system.mjs";
import { accessToken, calmSettings, ensureServer, installExtension, prepareData, startServer } from "./vscode-server.mjs";

/** Tried first, so that the address (and with it what the browser remembers of the editor) stays the same. */
const usualPort = 7007;

/** What a person who opens the examples for the first time finds in the editor. */
const firstFile = "digits.model.ts";

await runScript(async () => {
  const { values } = parseArgs({ options: { browser: { type: "boolean" }, port: { type: "string" }, folder: { type: "string" } } });
  const folder = resolve(values.folder ?? join(root, "examples"));
  if (!existsSync(folder)) throw new PlainError(`${folder} does not exist`);
  await ensureNodeModules();
  // These need node_modules, so they can't be imported above.
  const { build } = await import("./build.mjs");
  const { makeVsix } = await import("./package.mjs");
  await build();
  const vsix = await makeVsix();
  if (!values.browser && values.port === undefined && answers("code")) await openInCode(folder, vsix);
  else await openInBrowser(folder, vsix, values);
});

async function openInCode(folder, vsix) {
  await run("code", ["--install-extension", vsix, "--force"]);
  const file = join(folder, firstFile);
  await run("code", existsSync(file) ? [folder, file] : [folder]);
  say(`opened ${folder} in VS Code, with Kindling installed. (npm start -- --browser opens it in the browser instead.)`);
}

async function openInBrowser(folder, vsix, { folder: ownFolder, port }) {
  const server = await ensureServer();
  const data = join(cacheDirectory(), "vscode-data");
  prepareData(data, calmSettings);
  await installExtension(server, data, vsix);
  const token = accessToken(data);
  const running = await startServer(server, {
    data,
    port: port === undefined ? await freePort(usualPort) : Number(port),
    token,
    // The examples came with this program, which the user has started; any other folder has to be trusted first.
    extraArguments: ownFolder === undefined ? ["--disable-workspace-trust"] : [],
  });
  say("VS Code is ready. Open this address in a browser; Ctrl+C here ends it.");
  const address = new URL(running.origin);
  address.searchParams.set("tkn", token);
  address.searchParams.set("folder", folder);
  if (existsSync(join(folder, firstFile))) {
    address.searchParams.set("payload", JSON.stringify([["openFile", `vscode-remote://${address.host}${join(folder, firstFile)}`]]));
  }
  process.stdout.write(`\n    ${address}\n\n`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => void running.stop());
  await running.exited;
  say("VS Code has ended.");
}
