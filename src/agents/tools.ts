/** All tools, and how each is called. */
import { Malformed } from "../run/codec.ts";
import { exportModel } from "./exportModel.ts";
import { inspectModel } from "./inspectModel.ts";
import { compareRunsTool, explainRun, listRunsTool } from "./keptRunTools.ts";
import { rewindRun } from "./rewindRun.ts";
import { Refusal, type House, type Tool } from "./tool.ts";
import { trainModel } from "./trainModel.ts";

/** In the order in which an agent needs them. */
export const tools: readonly Tool[] = [inspectModel, trainModel, explainRun, listRunsTool, compareRunsTool, rewindRun, exportModel];

/** @throws Refusal also where what it was given is not of the agreed form */
export async function callTool(tool: Tool, given: unknown, house: House): Promise<object> {
  return tool.run(inputOf(tool, given), house);
}

/** @throws Refusal */
export function inputOf(tool: Tool, given: unknown): object {
  try {
    return tool.input.decode(given ?? {});
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Refusal(`${tool.name} was not given what it needs: ${error.message}.`);
  }
}
