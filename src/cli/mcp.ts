/** `kindling mcp`: a Model Context Protocol server on stdin and stdout, for agents outside of the editor. */
import { fileURLToPath } from "node:url";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { memoryFlags } from "../agents/memory.ts";
import { Refusal } from "../agents/tool.ts";
import { callTool, tools } from "../agents/tools.ts";
import { RunnerProcess } from "../client/runnerProcess.ts";
import { version } from "../runner/version.ts";

/** How long a run may take to stop before its process is killed; milliseconds. */
const patience = 5000;

/**
 * Serves until stdin ends; resolves with the exit code.
 * @param script the runner's entry
 * @param folder whose files, and what is below it, the tools may touch: whoever starts the server there trusts them
 */
export async function serve(script: URL, folder: string): Promise<number> {
  const alive = new Set<RunnerProcess>();
  const commandLine = fileURLToPath(new URL("../cli/main.js", script));
  const startRunner = (): RunnerProcess => {
    const runner = new RunnerProcess({
      script: fileURLToPath(script),
      input: "ignore",
      output: "listener",
      patience,
      flags: [...process.execArgv, ...memoryFlags],
    });
    alive.add(runner);
    void runner.exited.then(() => alive.delete(runner));
    return runner;
  };
  const server = new Server({ name: "kindling", version: version() }, { capabilities: { tools: {} }, instructions });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(({ name, title, description, inputSchema, runsCode }) => ({
      name,
      title,
      description,
      inputSchema: { ...inputSchema, required: [...inputSchema.required] },
      annotations: { title, readOnlyHint: !runsCode, destructiveHint: false, openWorldHint: false },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (!tool) return refused(`There is no tool ${params.name}; there are ${tools.map(({ name }) => name).join(", ")}.`);
    try {
      const answer = await callTool(tool, params.arguments, { folders: [folder], isTrusted: true, startRunner, commandLine, signal });
      return { content: [{ type: "text", text: JSON.stringify(answer) }], structuredContent: answer as Record<string, unknown> };
    } catch (error) {
      if (error instanceof Refusal) return refused(error.message);
      throw error;
    }
  });
  const over = new Promise<void>((resolve) => {
    server.onclose = resolve;
    process.stdin.once("end", resolve).once("close", resolve);
  });
  await server.connect(new StdioServerTransport());
  await over;
  // What an agent left running has no one to answer any more.
  for (const runner of alive) runner.kill();
  await Promise.all([...alive].map(({ exited }) => exited));
  return 0;
}

const instructions =
  'Kindling trains neural networks written in TypeScript with PyTorch\'s API (`.model.ts` files that import from "kindling"). ' +
  "Inspect a file after each change, mend what its problems say (their `fixes` hold the edits), then train it and read its health.";

const refused = (text: string) => ({ content: [{ type: "text" as const, text }], isError: true });
