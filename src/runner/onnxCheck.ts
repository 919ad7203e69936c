/** A process that runs an ONNX file in the runtime that is installed beside the program or beside Kindling, and says how far it is off. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { Sample } from "../onnx/exportModel.ts";
import { compareWith, type OnnxRuntime } from "../onnx/runtime.ts";
import type { OnnxCheck } from "../protocol/index.ts";

interface Asked {
  /** The program's file. */
  readonly program: string;
  readonly model: string;
  readonly samples: readonly Sample[];
}

const packages = ["onnxruntime-node", "onnxruntime-web"] as const;

function findRuntime(program: string): { readonly runtime: OnnxRuntime; readonly name: string } | undefined {
  for (const from of [program, import.meta.url]) {
    const require = createRequire(from);
    for (const name of packages) {
      try {
        const runtime = require(name) as OnnxRuntime;
        return { runtime, name: `${name} ${versionOf(require.resolve(name), name)}` };
      } catch (error) {
        // One that is installed, but not for this machine, is as good as none.
        if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") process.stderr.write(`${(error as Error).message}\n`);
      }
    }
  }
  return undefined;
}

/** Of the package that holds the file. */
function versionOf(file: string, name: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: string; version?: string };
      if (found.name === name) return found.version ?? "";
    } catch {
      // Not every folder has one.
    }
  }
  return "";
}

async function check({ program, model, samples }: Asked): Promise<OnnxCheck | undefined> {
  const found = findRuntime(program);
  if (!found) return undefined;
  try {
    return { runtime: found.name, ...(await compareWith(found.runtime, readFileSync(model), samples)) };
  } catch (error) {
    return { runtime: found.name, trouble: (error as Error).message };
  }
}

const answer = await check(deserialize(readFileSync(0)) as Asked);
writeFileSync(1, serialize(answer));
process.exit(0);
