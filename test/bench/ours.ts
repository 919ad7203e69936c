/** Our engine in each way in which it is run. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureServer } from "../../scripts/vscode-server.mjs";
import type { KernelBuild } from "../../src/engine/kernels/builds.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { bundleProgram } from "./bundle.ts";

const execute = promisify(execFile);

export interface Way {
  /** `Node 24, revectorized` */
  readonly name: string;
  readonly node: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The build of the kernels that this way comes to. */
  readonly build: KernelBuild;
  /** What the program for measuring kernels (inside/main.ts) answers in this way. */
  ask(...question: string[]): Promise<unknown>;
}

let known: Promise<readonly [Way, ...Way[]]> | undefined;

/** First what users get in VS Code: its Node, with the runner's environment. Then the same without V8's experiment, and this process's Node. */
export function ways(): Promise<readonly [Way, ...Way[]]> {
  return (known ??= findWays());
}

async function findWays(): Promise<readonly [Way, ...Way[]]> {
  const program = await bundleProgram(join(import.meta.dirname, "inside", "main.ts"), join(temporaryFolder("inside"), "inside.mjs"));
  const { node } = await ensureServer();
  return [
    await way(program, node, { KINDLING_KERNELS: "revectorized" }),
    await way(program, node, { KINDLING_KERNELS: "relaxed" }),
    await way(program, process.execPath, {}),
  ];
}

async function way(program: string, node: string, environment: Way["environment"]): Promise<Way> {
  const ask = async (...question: string[]): Promise<unknown> =>
    JSON.parse((await execute(node, [program, ...question], { env: { ...process.env, ...environment } })).stdout);
  const [version, build] = [(await execute(node, ["--version"])).stdout.trim(), (await ask("build")) as KernelBuild];
  return { name: `Node ${version.slice(1).split(".")[0]}, ${build}`, node, environment, build, ask };
}
