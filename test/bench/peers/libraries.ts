/** The peers that there are on this machine. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../../harness/temporary.ts";
import { bundleProgram } from "../bundle.ts";
import { ways } from "../ours.ts";
import { isThere, versionOf, type Peer } from "./peer.ts";

const folder = import.meta.dirname;

let bundled: Promise<string> | undefined;

/** Kindling in each way in which it is run, what users get in VS Code first. */
export async function kindlings(): Promise<readonly [Peer, ...Peer[]]> {
  bundled ??= bundleProgram(join(folder, "kindling.ts"), join(temporaryFolder("peer"), "kindling.mjs"), "source");
  const program = await bundled;
  const [first, ...others] = (await ways()).map(({ name, node, environment }): Peer => ({
    name: `Kindling, ${name}`,
    command: node,
    args: [program],
    environment,
  }));
  return [first!, ...others];
}

/** PyTorch, or none where this machine has none. */
export async function pytorch(say: (text: string) => void): Promise<Peer | undefined> {
  // The Debian package is for Debian's own Python.
  const peer: Peer = { name: "PyTorch", command: process.env["KINDLING_PYTORCH_PYTHON"] ?? "/usr/bin/python3", args: [join(folder, "pytorch.py")] };
  if (await isThere(peer)) return { ...peer, name: await versionOf(peer) };
  say("PyTorch is not on this machine");
  return undefined;
}

/** TensorFlow.js and jax-js, in the Node that runs Kindling in VS Code. They come from npm, once. */
export async function javascriptLibraries(say: (text: string) => void): Promise<readonly Peer[]> {
  if (!existsSync(join(folder, "node_modules"))) {
    say("installing TensorFlow.js and jax-js");
    await promisify(execFile)("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder], { cwd: folder });
  }
  const [{ node }] = await ways();
  const peers = ["tfjs.mjs", "jaxjs.mjs"].map((file): Peer => ({ name: file, command: node, args: [join(folder, file)] }));
  return Promise.all(peers.map(async (peer) => ({ ...peer, name: await versionOf(peer) })));
}
