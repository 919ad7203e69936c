// `npm run bench`: installs and builds what it needs, then measures (test/bench/main.ts, which says what can be asked for).
//   node scripts/bench.mjs [SUBJECT …] [--write] [--rounds N] [--patience SECONDS]
import { build } from "./build.mjs";
import { ensureDebianPackages, ensureNodeModules, runScript, show } from "./system.mjs";
import { ensureServer } from "./vscode-server.mjs";

await runScript(async () => {
  await ensureDebianPackages({ chromium: "/usr/bin/chromium" }, "the benchmark");
  await ensureNodeModules();
  await ensureServer();
  await build();
  return (await show(process.execPath, ["--import", "tsx", "test/bench/main.ts", ...process.argv.slice(2)])) ? 0 : 1;
});
