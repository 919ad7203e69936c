/** `rewind_run` */
import { jsonable } from "../keep/facts.ts";
import { whyNotRepeated } from "../keep/past.ts";
import { replayRequest } from "../keep/replayRequest.ts";
import { defaultSampling, roomForRuns } from "../protocol/index.ts";
import { checked, number, optional, record, text, whole } from "../run/codec.ts";
import { formatCount } from "../run/numbers.ts";
import { modelFile } from "./files.ts";
import { projectProperty, projectRuns, runWords, theRun } from "./keptRuns.ts";
import { oneRun } from "./oneRun.ts";
import { told } from "./told.ts";
import { Refusal, type Tool } from "./tool.ts";

interface Input {
  readonly run: string;
  readonly step: number;
  readonly seconds?: number;
  readonly file?: string;
}

const usualSeconds = 300;
const mostSeconds = 3600;

export const rewindRun: Tool<Input> = {
  name: "rewind_run",
  title: "Rewind a training",
  description:
    "Brings a kept training back to how it stood after so many steps, by running its own code again with the same numbers, and answers what was known then: curves, health and " +
    "findings, module trees with shapes, problems, what had been printed. Use it to see what came before something went wrong. Nothing of the kept run changes.",
  inputSchema: {
    type: "object",
    properties: {
      run: { type: "string", description: `Which run: ${runWords}.` },
      step: { type: "integer", minimum: 0, description: "The number of steps taken." },
      seconds: { type: "number", exclusiveMinimum: 0, maximum: mostSeconds, default: usualSeconds, description: "Gives up after so many seconds." },
      file: projectProperty,
    },
    required: ["run", "step"],
    additionalProperties: false,
  },
  input: record<Input>({
    run: text,
    step: checked(whole, "not a whole number from 0", (step) => step >= 0),
    seconds: optional(checked(number, `not between 0 and ${mostSeconds}`, (seconds) => seconds > 0 && seconds <= mostSeconds)),
    file: optional(text),
  }),
  runsCode: true,
  announce: ({ run, step }) => `Rewind the training ${run} to step ${formatCount(step)}`,
  async run({ run: word, step, seconds = usualSeconds, file }, house) {
    const kept = theRun(word, projectRuns(house, file));
    modelFile(kept.info.file, house);
    const why = whyNotRepeated(kept, step);
    if (why !== undefined) throw new Refusal(why);
    const request = { ...replayRequest(kept, step, { sampling: defaultSampling, limit: roomForRuns }), inBackground: true };
    const { run, problems, end, endedBy } = await oneRun(request, { seconds, untilPaused: true }, house);
    if (endedBy === "seconds") throw new Refusal(`It was not back at step ${step} within ${seconds} seconds. \`seconds\` can be up to ${mostSeconds}.`);
    const { models } = run;
    return jsonable({ file: kept.info.file, run: kept.id, step, arrived: endedBy === "arrival", state: end.state, ...told(run), models, problems });
  },
};
