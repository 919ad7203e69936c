// `npm run bench`: installs and builds what it needs, then measures (test/bench/main.ts, which says what can be asked for).
//   node scripts/bench.mjs [SUBJECT …] [--write] [--rounds N] [--patience SECONDS]
import { build } from "./build.mjs";
import { ensureDebianPackages, ensureNodeModules, root, run, runScript } from "./system.mjs";
import { ensureServer } from "./vscode-server.mjs";

await runScript(async () => {
  await ensureDebianPackages({ chromium: "/usr/bin/chromium" }, "the benchmark");
  await ensureNodeModules();
  await ensureServer();
  await build();
  await run(process.execPath, ["--import", "tsx", "test/bench/main.ts", ...process.argv.slice(2)], { cwd: root, show: true });
});
