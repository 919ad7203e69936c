/** `list_runs`, `explain_run` and `compare_runs`: what is kept of trainings. */
import { compareRuns } from "../keep/comparison.ts";
import { comparisonFacts, detailsOf, factsOf, jsonable } from "../keep/facts.ts";
import { readRun } from "../keep/readRun.ts";
import { checked, list, optional, record, text, whole } from "../run/codec.ts";
import { projectProperty, projectRuns, runWords, theRun, theRuns } from "./keptRuns.ts";
import { told } from "./told.ts";
import { Refusal, type Tool } from "./tool.ts";

/** Runs that are listed, unless told otherwise. */
const usualCount = 20;
/** Runs that are compared at once. */
const mostCompared = 20;

interface ListInput {
  readonly count?: number;
  readonly file?: string;
}

export const listRunsTool: Tool<ListInput> = {
  name: "list_runs",
  title: "List the trainings that are kept",
  description:
    "Lists the trainings that are kept of this project, newest first, as `kindling runs --json` does: id, file, state, when, steps, and the last value of each curve.",
  inputSchema: {
    type: "object",
    properties: { count: { type: "integer", minimum: 1, default: usualCount, description: "How many, the newest first." }, file: projectProperty },
    required: [],
    additionalProperties: false,
  },
  input: record<ListInput>({ count: optional(whole), file: optional(text) }),
  runsCode: false,
  announce: () => "List the trainings that are kept",
  run: ({ count = usualCount, file }, house) => Promise.resolve({ runs: projectRuns(house, file).slice(0, count).map(factsOf) }),
};

interface ExplainInput {
  readonly run: string;
  readonly file?: string;
}

export const explainRun: Tool<ExplainInput> = {
  name: "explain_run",
  title: "Explain a training",
  description:
    "Answers what is known of one kept training: whether it learned, and if not, where and why (findings with what to try and the line they are about), its curves thinned " +
    "to a few points, model tree, optimizers, problems, code and commit.",
  inputSchema: {
    type: "object",
    properties: { run: { type: "string", description: `Which run: ${runWords}.` }, file: projectProperty },
    required: ["run"],
    additionalProperties: false,
  },
  input: record<ExplainInput>({ run: text, file: optional(text) }),
  runsCode: false,
  announce: ({ run }) => `Explain the training ${run}`,
  run({ run: word, file }, house) {
    const kept = theRun(word, projectRuns(house, file));
    const { run } = readRun(kept);
    return Promise.resolve(jsonable({ ...factsOf(kept), ...detailsOf(kept, run), ...told(run) }));
  },
};

interface CompareInput {
  readonly runs: readonly string[];
  readonly file?: string;
}

export const compareRunsTool: Tool<CompareInput> = {
  name: "compare_runs",
  title: "Compare trainings",
  description:
    "Answers what differs between kept trainings (code, options of optimizers, arguments, sizes of models, versions), where each of their curves ended, and one sentence on the health of each, as `kindling compare --json` does.",
  inputSchema: {
    type: "object",
    properties: {
      runs: {
        type: "array",
        items: { type: "string" },
        minItems: 1,
        maxItems: mostCompared,
        description: `The runs, each by ${runWords}; or a group of them (seeds, variants) by its name.`,
      },
      file: projectProperty,
    },
    required: ["runs"],
    additionalProperties: false,
  },
  input: record<CompareInput>({
    runs: checked(list(text), `not 1 to ${mostCompared} names`, ({ length }) => length >= 1 && length <= mostCompared),
    file: optional(text),
  }),
  runsCode: false,
  announce: ({ runs }) => `Compare ${runs.length} trainings`,
  run({ runs: words, file }, house) {
    const all = projectRuns(house, file);
    const meant = [...new Set(words.flatMap((word) => theRuns(word, all)))];
    if (meant.length < 2 || meant.length > mostCompared) throw new Refusal(`These are ${meant.length} runs; from 2 to ${mostCompared} can be compared.`);
    return Promise.resolve(comparisonFacts(compareRuns(meant)));
  },
};
