import assert from "node:assert/strict";
import * as vscode from "vscode";
import { Window } from "./window.ts";

/** Debug Model, by VS Code's own debugger: what it is told and what it answers, as its views show it. */
const program = `import { nn, optim, randn, manualSeed, type Tensor } from "kindling";

interface Sizes {
  inputs: number;
}

class Net extends nn.Module {
  fc1: nn.Linear;
  fc2: nn.Linear;
  constructor({ inputs }: Sizes) {
    super();
    this.fc1 = new nn.Linear(inputs, 8);
    this.fc2 = new nn.Linear(8, 1);
  }
  forward(x: Tensor): Tensor {
    const h = this.fc1(x).relu();
    return this.fc2(h);
  }
}

manualSeed(0);
const model = new Net({ inputs: 4 });
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let step = 0; step < 8; step++) {
  const x = randn(32, 4);
  const loss = model(x).pow(2).mean();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
console.log("trained");
`;

/** Of a text in the program, from 1. */
function lineOf(text: string): number {
  return program.split("\n").findIndex((line) => line.includes(text)) + 1;
}

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly variablesReference: number;
}

interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

/** Where a thread stands. */
class Stand {
  readonly #session: vscode.DebugSession;
  readonly #thread: number;
  readonly frames: readonly Frame[];

  private constructor(session: vscode.DebugSession, thread: number, frames: readonly Frame[]) {
    this.#session = session;
    this.#thread = thread;
    this.frames = frames;
  }

  static async at(session: vscode.DebugSession, thread: number): Promise<Stand> {
    const { stackFrames } = (await session.customRequest("stackTrace", { threadId: thread, levels: 20 })) as { stackFrames: Frame[] };
    return new Stand(session, thread, stackFrames);
  }

  get line(): number | undefined {
    return this.frames[0]?.line;
  }

  /** What Variables shows below the innermost scope. */
  async locals(): Promise<Record<string, string>> {
    return this.#opened(await this.#scope());
  }

  /** What it shows below a variable of the innermost scope. */
  async opened(name: string): Promise<Record<string, string>> {
    const variables = await this.#children(await this.#scope());
    return this.#opened(variables.find((variable) => variable.name === name)!.variablesReference);
  }

  async evaluate(expression: string, context: "watch" | "hover" | "repl"): Promise<string> {
    const answer = (await this.#session.customRequest("evaluate", { expression, context, frameId: this.frames[0]!.id })) as { result: string };
    return answer.result;
  }

  async go(command: "next" | "continue"): Promise<void> {
    await this.#session.customRequest(command, { threadId: this.#thread });
  }

  async #scope(): Promise<number> {
    const { scopes } = (await this.#session.customRequest("scopes", { frameId: this.frames[0]!.id })) as { scopes: Variable[] };
    return scopes[0]!.variablesReference;
  }

  async #children(reference: number): Promise<readonly Variable[]> {
    const { variables } = (await this.#session.customRequest("variables", { variablesReference: reference })) as { variables: Variable[] };
    return variables;
  }

  async #opened(reference: number): Promise<Record<string, string>> {
    return Object.fromEntries((await this.#children(reference)).map(({ name, value }) => [name, value]));
  }
}

/** The debugger, as it is heard. */
class Debugger {
  readonly #waiting: ((stand: Promise<Stand>) => void)[] = [];
  readonly #open = new Set<string>();
  readonly #listeners: (() => void)[] = [];
  readonly #subscriptions: vscode.Disposable[];

  constructor() {
    const heard = (session: vscode.DebugSession, { event, body }: { event?: string; body?: { threadId: number } }): void => {
      if (event === "stopped") this.#waiting.shift()?.(Stand.at(session, body!.threadId));
    };
    this.#subscriptions = [
      vscode.debug.onDidStartDebugSession(({ id }) => this.#open.add(id)),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        this.#open.delete(id);
        this.#tellEnd();
      }),
      vscode.debug.registerDebugAdapterTrackerFactory("*", {
        createDebugAdapterTracker: (session) => ({ onDidSendMessage: (message: { event?: string }) => heard(session, message) }),
      }),
    ];
  }

  /** To be asked before the program goes on. */
  stands(): Promise<Stand> {
    return new Promise<Promise<Stand>>((resolve) => this.#waiting.push(resolve)).then((stand) => stand);
  }

  async step(stand: Stand): Promise<Stand> {
    const next = this.stands();
    await stand.go("next");
    return next;
  }

  /** Resolves when no session is left. (What VS Code calls active may be one that is long over, where it ended as it came into sight.) */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#listeners.push(resolve);
      this.#tellEnd();
    });
  }

  #tellEnd(): void {
    if (this.#open.size === 0) for (const listener of this.#listeners.splice(0)) listener();
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  }
}

function breakAt(uri: vscode.Uri, text: string, condition?: string): void {
  const location = new vscode.Location(uri, new vscode.Position(lineOf(text) - 1, 0));
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(location, true, condition)]);
}

/** Resolves when the editor shows where the program stands. */
function shown(): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!(vscode.debug.activeStackItem instanceof vscode.DebugStackFrame)) return;
      subscription.dispose();
      resolve();
    };
    const subscription = vscode.debug.onDidChangeActiveStackItem(check);
    check();
  });
}

describe("a model in the debugger", () => {
  let window: Window;
  let debug: Debugger;
  let uri: vscode.Uri;
  beforeEach(async () => {
    window = await Window.open("real");
    debug = new Debugger();
    uri = window.write("net.model.ts", program);
    await window.show(uri);
  });
  afterEach(async () => {
    debug.close();
    await vscode.debug.stopDebugging();
    await window.close();
  });

  const run = () => window.api.store.get(uri.fsPath)?.train;

  it("stands at a breakpoint in forward, on the line of the TypeScript, with what its tensors and modules are", async () => {
    breakAt(uri, "const h =");
    const stands = debug.stands();
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.debug", uri);
    let stand = await stands;
    assert.equal(stand.line, lineOf("const h ="));
    assert.equal(stand.frames[0]!.name, "forward");
    assert.match(stand.frames[0]!.source?.path ?? "", /net\.model\.ts$/);
    assert.match((await stand.locals())["x"]!, /^Tensor\[32, 4\] float32 mean -?[\d.]+ std 1?[\d.]* \[-?[\d.]+, -?[\d.]+, -?[\d.]+, …\]$/);
    assert.equal((await stand.locals())["this"], "Net 49 params");
    assert.equal(await stand.evaluate("this", "watch"), "Net 49 params");
    const opened = await stand.opened("this");
    assert.equal(opened["fc1"], "Linear(in 4, out 8) 40 params");
    const tensor = await stand.opened("x");
    assert.equal(tensor["shape"], "(2) [32, 4]");
    assert.equal(tensor["requiresGrad"], "false");
    assert.ok(Math.abs(Number(tensor["mean"])) < 0.5, tensor["mean"]);
    assert.equal(await stand.evaluate("x.shape.join()", "watch"), "'32,4'");
    assert.match(await stand.evaluate("this.fc1.weight", "hover"), /^Parameter\[8, 4\] float32 mean /);
    await window.known(uri, ({ train }) => train?.inDebugger === true);

    stand = await debug.step(stand);
    assert.equal(stand.line, lineOf("return this.fc2"));
    assert.match((await stand.locals())["h"]!, /^Tensor\[32, 8\] float32 mean /);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await stand.go("continue");
    assert.equal((await trained).state, "finished");
    assert.equal(run()?.inDebugger, undefined);
    assert.equal(run()?.progress?.step, 8);
    assert.deepEqual(window.problems(uri), []);
    await debug.ended();
  });

  it("tells what forward is about to return, as it tells any tensor", async () => {
    breakAt(uri, "return this.fc2");
    const stands = debug.stands();
    await vscode.commands.executeCommand("kindling.debug", uri);
    let stand = await stands;
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    stand = await debug.step(stand);
    assert.equal(stand.frames[0]!.name, "forward");
    const locals = await stand.locals();
    assert.match(locals["Return value"]!, /^Tensor\[32, 1\] float32 mean -?[\d.]+ std [\d.]+ \[/);
    assert.equal(locals["this"], "Net 49 params");
    assert.equal((await stand.opened("Return value"))["shape"], "(2) [32, 1]");
  });

  it("is stepped through line by line, in its own lines only", async () => {
    breakAt(uri, "const x = randn");
    const stands = debug.stands();
    await vscode.commands.executeCommand("kindling.debug", uri);
    let stand = await stands;
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    const lines: string[] = [];
    for (let i = 0; i < 8; i++) {
      lines.push(program.split("\n")[stand.line! - 1]!.trim());
      stand = await debug.step(stand);
    }
    assert.deepEqual(lines, [
      "const x = randn(32, 4);",
      "const loss = model(x).pow(2).mean();",
      "optimizer.zeroGrad();",
      "loss.backward();",
      "optimizer.step();",
      // `step++`, and `step < 8`.
      "for (let step = 0; step < 8; step++) {",
      "for (let step = 0; step < 8; step++) {",
      "const x = randn(32, 4);",
    ]);
  });

  it("stands where a condition holds, and tells the loss", async () => {
    breakAt(uri, "loss.backward()", "step === 3 && loss.item() > 0");
    const stands = debug.stands();
    await vscode.commands.executeCommand("kindling.debug", uri);
    const stand = await stands;
    assert.equal(stand.line, lineOf("loss.backward()"));
    assert.match((await stand.locals())["loss"]!, /^Tensor\[\] float32 [\d.]+$/);
    assert.equal(await stand.evaluate("step", "watch"), "3");
  });

  it("may stand for long: nothing ends it, and it comes to the same numbers as if it had never stood", async () => {
    // As short as they can be set; what may take 10 minutes may take several times these.
    await vscode.workspace.getConfiguration("kindling").update("inspectTimeLimit", 1, vscode.ConfigurationTarget.Workspace);
    const losses = (): readonly number[] => [...run()!.curves.get("loss")!.values];
    const alone = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train", uri);
    assert.equal((await alone).state, "finished");
    const undisturbed = losses();

    breakAt(uri, "loss.backward()", "step === 3");
    const stands = debug.stands();
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.debug", uri);
    const stand = await stands;
    const ended = await Promise.race([trained, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 6_000))]);
    assert.equal(ended, undefined);
    assert.equal(await stand.evaluate("step", "watch"), "3");
    await stand.go("continue");
    assert.equal((await trained).state, "finished");
    assert.equal(undisturbed.length, 8);
    assert.deepEqual(losses(), undisturbed);
    assert.deepEqual(window.problems(uri), []);
    await debug.ended();
    await vscode.workspace.getConfiguration("kindling").update("inspectTimeLimit", undefined, vscode.ConfigurationTarget.Workspace);
  });

  it("shows a tensor as a picture, by the menu of a variable and by the word at the cursor", async () => {
    breakAt(uri, "return this.fc2");
    const stands = debug.stands();
    await vscode.commands.executeCommand("kindling.debug", uri);
    await stands;
    await shown();
    await vscode.commands.executeCommand("kindling.showTensor", { variable: { name: "weight", evaluateName: "this.fc1.weight" } });
    await window.tab("weight [8, 4]");
    const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    const place = new vscode.Position(lineOf("return this.fc2") - 1, program.split("\n")[lineOf("return this.fc2") - 1]!.indexOf("(h") + 1);
    editor.selection = new vscode.Selection(place, place);
    await vscode.commands.executeCommand("kindling.showTensor");
    await window.tab("h [32, 8]");
  });

  it("ends with the debugger's stop button, also where it stands", async () => {
    breakAt(uri, "const h =");
    const stands = debug.stands();
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.debug", uri);
    await stands;
    // The button is of the session that the editor shows.
    await shown();
    await vscode.commands.executeCommand("workbench.action.debug.disconnect");
    assert.equal((await trained).state, "stopped");
    await debug.ended();
  });

  it("ends with Stop, also where it stands, and the debugger with it", async () => {
    breakAt(uri, "const h =");
    const stands = debug.stands();
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.debug", uri);
    await stands;
    await vscode.commands.executeCommand("kindling.stop", uri);
    assert.equal((await trained).state, "stopped");
    await debug.ended();
  });

  it("trains to its end without a breakpoint", async () => {
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.debug", uri);
    assert.equal((await trained).state, "finished");
    assert.equal(run()?.progress?.step, 8);
    await debug.ended();
  });
});
