/** `export_model` */
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { runCommandLine } from "../client/commandLine.ts";
import { readRunWord } from "../keep/chosenCheckpoint.ts";
import { checked, optional, record, text, whole } from "../run/codec.ts";
import { modelFile, newFolder } from "./files.ts";
import { projectRuns, runWords, theRun } from "./keptRuns.ts";
import { memoryFlags } from "./memory.ts";
import { fileProperty } from "./program.ts";
import { refuseUntrusted, type Tool } from "./tool.ts";

interface Input {
  readonly file: string;
  readonly folder: string;
  readonly run?: string;
  readonly step?: number;
}

export const exportModel: Tool<Input> = {
  name: "export_model",
  title: "Export a model to PyTorch",
  description:
    "Writes a Kindling model file as a project of PyTorch's into a folder: model.py, train.py (which runs alone or under torchrun), requirements.txt, a README, data that the program " +
    "drew, and weights.pt with the weights that the training begins with, or with those that a kept run learned. Answers the files, and by line what has no twin in PyTorch.",
  inputSchema: {
    type: "object",
    properties: {
      file: fileProperty,
      folder: { type: "string", description: "Where the project goes; inside of the open folder. Files of the same names are replaced." },
      run: { type: "string", description: `The kept run whose weights go along: ${runWords}. With \`@best\` behind it those of its lowest validation loss.` },
      step: { type: "integer", minimum: 0, description: "Of the run's last checkpoint up to there; without, what it ended with." },
    },
    required: ["file", "folder"],
    additionalProperties: false,
  },
  input: record<Input>({
    file: text,
    folder: text,
    run: optional(text),
    step: optional(checked(whole, "not a whole number from 0", (step) => step >= 0)),
  }),
  runsCode: true,
  announce: ({ file, folder }) => `Export ${basename(file)} to PyTorch, into ${folder}`,
  async run({ file: path, folder: place, run: word, step }, house) {
    refuseUntrusted(house);
    const file = modelFile(path, house);
    const folder = newFolder(place, house);
    const { run: named, best } = readRunWord(word ?? "");
    const kept = word === undefined ? undefined : theRun(named, projectRuns(house, file));
    const moment = best === undefined ? "" : word!.slice(named.length);
    const trained = kept ? ["--weights-from", `${kept.id}${moment}`, ...(step === undefined ? [] : ["--step", String(step)])] : [];
    const options = { directory: dirname(file), flags: memoryFlags, signal: house.signal };
    const { code, lines } = await runCommandLine(house.commandLine, ["to-python", file, "-o", folder, ...trained], options);
    return { file, folder, ...(kept && { run: kept.id }), complete: code === 0, files: filesIn(folder), said: lines };
  },
};

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
