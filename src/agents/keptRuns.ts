/** The kept runs that a tool means. */
import { join } from "node:path";
import { findRun, findRuns, listRuns, whyNoRun, type KeptRun } from "../keep/keptRuns.ts";
import { runsFolder } from "../keep/layout.ts";
import { modelFile } from "./files.ts";
import { Refusal, type House } from "./tool.ts";

/** How a run is named, for the agent. */
export const runWords = "its id, the beginning of it, its name, or `latest`";

/** Runs are kept by project: that of the first open folder, or of a file in it. */
export const projectProperty = { type: "string", description: "A file of the project whose trainings are meant, where that is not the open folder itself." };

/** Of the file's project, or of those of all folders; newest first. */
export function projectRuns(house: House, file: string | undefined): readonly KeptRun[] {
  const files = file === undefined ? house.folders.map((folder) => join(folder, "any")) : [modelFile(file, house)];
  const places = new Set(files.map(runsFolder));
  return [...places].flatMap((place) => listRuns(place)).sort((a, b) => b.info.startedAt - a.info.startedAt);
}

/** @throws Refusal */
export function theRun(word: string, all: readonly KeptRun[]): KeptRun {
  return findRun(all, word) ?? refuse(word, all);
}

/** One, or all of a group. @throws Refusal */
export function theRuns(word: string, all: readonly KeptRun[]): readonly KeptRun[] {
  const found = findRuns(all, word);
  return found.length > 0 ? found : refuse(word, all);
}

function refuse(word: string, all: readonly KeptRun[]): never {
  const why = whyNoRun(all, word);
  throw new Refusal(`${why[0]!.toUpperCase()}${why.slice(1)}; list_runs lists them.`);
}
