/** What an agent can ask for: one core under the MCP server and the editor's language-model tools. */
import type { RunnerProcess } from "../client/runnerProcess.ts";
import type { Codec } from "../run/codec.ts";

export interface Tool<Input extends object = object> {
  /** As the field writes them: `train_model`. */
  readonly name: string;
  /** For a person, in a few words. */
  readonly title: string;
  /** For the model that chooses among tools: what it does, when to use it, what it answers. */
  readonly description: string;
  /** JSON Schema of what it takes. */
  readonly inputSchema: InputSchema;
  readonly input: Codec<Input>;
  /** Whether it runs the user's program. */
  readonly runsCode: boolean;
  /** What it is about to do, as a person reads it: "Train digits.model.ts for at most 1,000 steps". */
  announce(input: Input): string;
  /**
   * @returns JSON
   * @throws Refusal
   */
  run(input: Input, house: House): Promise<object>;
}

export interface InputSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** Where tools are at work. */
export interface House {
  /** Folders whose files they may touch; a path that isn't absolute is looked for in the first one. */
  readonly folders: readonly string[];
  /** Whether programs of these folders may run. */
  readonly isTrusted: boolean;
  /** A process for one run. What the program prints goes to the listener. */
  startRunner(): RunnerProcess;
  /** Path of the command line's entry. */
  readonly commandLine: string;
  /** Ends early what is under way. */
  readonly signal?: AbortSignal;
}

/** What was asked for can't be done, in words for the agent: why, and what to do instead. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** @throws Refusal in folders that aren't trusted */
export function refuseUntrusted({ isTrusted }: House): void {
  if (!isTrusted) throw new Refusal("This folder isn't trusted, so none of its programs is run. A person can trust it: “Workspaces: Manage Workspace Trust”.");
}
