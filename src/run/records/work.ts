/** How what modules did in a step is written and read. */
import type { StepTimes, StepWork } from "../../protocol/index.ts";
import { checked, flag, list, number, optional, record, whole, type Codec } from "../codec.ts";
import type { Works } from "../work.ts";
import { byModel } from "./byModel.ts";

const times = record<StepTimes>({ backward: number, optimizer: optional(number), step: optional(number), samples: optional(whole) });

export const work = checked(
  record<StepWork>({
    model: whole,
    step: whole,
    training: list(flag),
    calls: list(whole),
    forward: list(number),
    backward: list(number),
    multiplyAdds: list(whole),
    outputBytes: list(whole),
    total: times,
  }),
  "a step's work whose columns are not of one length",
  ({ training, calls, forward, backward, multiplyAdds, outputBytes }) =>
    [training, forward, backward, multiplyAdds, outputBytes].every(({ length }) => length === calls.length),
);

export const works: Codec<Works> = byModel(work);
