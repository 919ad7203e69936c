// Other versions of Node, as npm packages in the cache.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlainError, cacheDirectory, installOnce, npmInstall, say } from "./system.mjs";

/** Installs this major version of Node if it is not in the cache yet. Resolves to its program. */
export async function ensureNode(major) {
  const directory = join(cacheDirectory(), `node-${major}-${process.platform}-${process.arch}`);
  await installOnce(directory, (partial) => {
    say(`installing Node ${major} from npm into ${directory}; this happens once`);
    return installNode(partial, major);
  });
  return nodeIn(directory);
}

/** Installs it into a folder of its own, unless it is there. */
export async function installNode(directory, major) {
  if (existsSync(nodeIn(directory))) return;
  mkdirSync(directory, { recursive: true });
  // Without a manifest of its own, npm would look for one in the folders above.
  writeFileSync(join(directory, "package.json"), `{ "private": true }\n`);
  await npmInstall(directory, [`${nodePackage()}@${major}`]);
}

/** The program in such a folder. */
export function nodeIn(directory) {
  return join(directory, "node_modules", nodePackage(), "bin", "node");
}

function nodePackage() {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    throw new PlainError(
      "Other versions of Node, and the VS Code server, are installed on Linux (x64, arm64) only. Please install VS Code with its `code` command and try again.",
    );
  }
  return `node-linux-${process.arch}`;
}
