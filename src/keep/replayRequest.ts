/** What is asked of a runner for a kept run to be brought back to one of its steps. */
import { dirname } from "node:path";
import { defaultSampling, type FillOptions, type RunRequest, type SamplingOptions } from "../protocol/index.ts";
import { firstWeightsRequest } from "./firstWeights.ts";
import { givenIn } from "./given.ts";
import type { KeptRun } from "./keptRuns.ts";
import { stepsTaken } from "./past.ts";

/** @param limit bytes that all kept runs may take together */
export function replayRequest(
  { info, folder }: KeptRun,
  step: number,
  { sampling, limit }: { readonly sampling: SamplingOptions; readonly limit: number },
): RunRequest {
  const weights = firstWeightsRequest(folder);
  return {
    file: info.file,
    mode: "train",
    directory: info.directory ?? dirname(info.file),
    programArguments: info.arguments,
    threads: info.threads,
    timeLimit: 0,
    sampling,
    ...(info.seed !== undefined && { seed: info.seed }),
    ...(info.given && { given: givenIn(info) }),
    ...(weights && { weights }),
    keep: { folder: dirname(folder), limit },
    replay: { folder, step },
  };
}

/** What is asked of a runner for a kept run to be filled in. Where the text is the one that ran, it goes no further than what is measured. */
export function fillRequest(kept: KeptRun, fill: FillOptions, limit: number): RunRequest {
  const taken = stepsTaken(kept);
  const { file } = fill;
  const samples = fill.samples && { ...fill.samples, to: Math.min(fill.samples.to, taken) };
  const step = samples && file === undefined ? samples.to : taken;
  const sampling = { ...defaultSampling, enabled: samples !== undefined, everyStep: true };
  const replay = { folder: kept.folder, step, fill: { ...(file !== undefined && { file }), ...(samples && { samples }) } };
  return { ...replayRequest(kept, step, { sampling, limit }), inBackground: true, replay };
}
