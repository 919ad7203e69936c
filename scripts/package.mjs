// Makes the VSIX for this platform; prints its path and size.
//   node scripts/package.mjs
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { PlainError, ensureNodeModules, root, run, runScript, say } from "./system.mjs";

const limit = 8e6;

/** VS Code's name for this platform; the VSIX carries esbuild's program for it. */
function target() {
  const libc = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime ? "alpine" : process.platform;
  return `${libc}-${process.arch}`;
}

/** Packs what is in dist/ now. Resolves to the VSIX's path. */
export async function makeVsix() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const packagePath = join(root, `kindling-${target()}-${version}.vsix`);
  const esbuildPlatform = join(root, "node_modules", "@esbuild", `${process.platform}-${process.arch}`);
  if (!existsSync(esbuildPlatform)) throw new PlainError(`${esbuildPlatform} is missing: run npm ci and try again.`);
  await run(
    process.execPath,
    [
      join(root, "node_modules", "@vscode", "vsce", "vsce"),
      "package",
      "--target",
      target(),
      "--out",
      packagePath,
      "--allow-missing-repository",
      "--no-rewrite-relative-links",
    ],
    { cwd: root },
  );
  const { size } = statSync(packagePath);
  say(`packed ${packagePath}, ${(size / 1e6).toFixed(2)} MB`);
  if (size > limit) throw new PlainError(`the VSIX is larger than ${limit / 1e6} MB`);
  return packagePath;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runScript(async () => {
    await ensureNodeModules();
    await build();
    await makeVsix();
  });
}
