// `npm run docs`: the API reference from the docstrings, in docs/api/.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureNodeModules, root, run, runScript, say, show } from "../system.mjs";

const own = join(root, "scripts", "docs");

await runScript(async () => {
  await ensureNodeModules();
  await run(process.execPath, [join(root, "scripts/build.mjs")], { cwd: root });
  if (!existsSync(join(own, "node_modules"))) await run("npm", ["ci", "--no-audit", "--no-fund", "--prefix", own], { cwd: own });
  const made = await show(process.execPath, [join(own, "node_modules/typedoc/bin/typedoc"), "--options", join(own, "typedoc.json")], { cwd: own });
  if (made) say("the reference is docs/api/index.html");
  return made ? 0 : 1;
});
