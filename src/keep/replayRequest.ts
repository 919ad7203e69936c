/** What is asked of a runner for a kept run to be brought back to one of its steps. */
import { dirname } from "node:path";
import type { RunRequest, SamplingOptions } from "../protocol/index.ts";
import type { KeptRun } from "./keptRuns.ts";

/** @param limit bytes that all kept runs may take together */
export function replayRequest(
  { info, folder }: KeptRun,
  step: number,
  { sampling, limit }: { readonly sampling: SamplingOptions; readonly limit: number },
): RunRequest {
  return {
    file: info.file,
    mode: "train",
    directory: info.directory ?? dirname(info.file),
    programArguments: info.arguments,
    threads: info.threads,
    timeLimit: 0,
    sampling,
    ...(info.seed !== undefined && { seed: info.seed }),
    keep: { folder: dirname(folder), limit },
    replay: { folder, step },
  };
}
