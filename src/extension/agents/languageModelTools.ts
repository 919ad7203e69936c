/** Kindling's tools for the editor's own agents: the same that `kindling mcp` serves, on the folders that are open. */
import * as vscode from "vscode";
import { Refusal, type House, type Tool } from "../../agents/tool.ts";
import { callTool, inputOf, tools } from "../../agents/tools.ts";

type Runners = Pick<House, "startRunner" | "commandLine">;

export function registerLanguageModelTools(runners: Runners): vscode.Disposable {
  return vscode.Disposable.from(...tools.map((tool) => vscode.lm.registerTool(`kindling_${tool.name}`, adapted(tool, runners))));
}

function adapted(tool: Tool, runners: Runners): vscode.LanguageModelTool<object> {
  return {
    prepareInvocation({ input }) {
      const message = announced(tool, input);
      return {
        invocationMessage: message,
        // Reading what is kept harms nobody; a program may do anything.
        ...(tool.runsCode && { confirmationMessages: { title: tool.title, message: `${message}? This runs the program.` } }),
      };
    },
    async invoke({ input }, token) {
      const cancelled = new AbortController();
      const listener = token.onCancellationRequested(() => cancelled.abort());
      try {
        return answer(JSON.stringify(await callTool(tool, input, { ...openFolders(runners), signal: cancelled.signal })));
      } catch (error) {
        // Agents read why, and what to do instead.
        if (error instanceof Refusal) return answer(error.message);
        throw error;
      } finally {
        listener.dispose();
      }
    },
  };
}

function openFolders(runners: Runners): House {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath);
  if (folders.length === 0) throw new Refusal("No folder is open, so there is nothing to look at.");
  return { folders, isTrusted: vscode.workspace.isTrusted, ...runners };
}

/** What is wrong with the input is told when the tool is called. */
function announced(tool: Tool, input: unknown): string {
  try {
    return tool.announce(inputOf(tool, input));
  } catch (error) {
    if (error instanceof Refusal) return tool.title;
    throw error;
  }
}

const answer = (text: string): vscode.LanguageModelToolResult => new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
