/** VS Code's own JavaScript debugger on a run: brought to its process, listened to for where the program stands, and ended with it. */
import { basename, join } from "node:path";
import * as vscode from "vscode";
import type { AttachDebugger, RunController } from "../runs/runController.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import { HeldSteps, type Message } from "./heldSteps.ts";
import { UndescribedRows } from "./undescribedRows.ts";

/** In the configuration of a session of ours: which run it debugs. VS Code hands the name on to the sessions of its threads' parents only. */
const runKey = "__kindlingRun";

/**
 * To the debugger a module is a function, and no function is asked for what it shows. These are asked of every value, in the
 * program; the first may have no side effects, as which `Symbol.for` counts.
 */
const describe = `function (shown) { return typeof this === "function" && typeof this.debugDescription === "function" ? this.debugDescription() : shown; }`;
const open = `function () { const details = this?.[Symbol.for("debug.properties")]; return typeof details === "function" ? details.call(this) : this; }`;

/** Milliseconds that the debugger may take to come. */
const patience = 20_000;

export class ModelDebugger {
  readonly #extension: vscode.Uri;
  readonly #controller: RunController;
  readonly #subscriptions: Disposable[];
  /** The debugger has all that it needs to know of a run's process, as which run: it holds up each thread that begins from now on. */
  readonly #configured = new Emitter<string>();

  constructor(extension: vscode.Uri, controller: RunController) {
    this.#extension = extension;
    this.#controller = controller;
    this.#subscriptions = [
      vscode.debug.registerDebugAdapterTrackerFactory("*", { createDebugAdapterTracker: (session) => this.#track(session) }),
      // The debugger's stop button, or that it lost the process.
      vscode.debug.onDidTerminateDebugSession((session) => {
        const runId = ownRun(session);
        if (runId !== undefined) this.#controller.stopRun(runId);
      }),
    ];
  }

  /** Resolves when breakpoints are known to whatever thread the process begins from now on. */
  readonly attach: AttachDebugger = async ({ file, runId, inspector }) => {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
    const hasCome = this.#processSession(runId);
    const configuration: vscode.DebugConfiguration = {
      type: "node",
      request: "attach",
      name: basename(file),
      websocketAddress: inspector,
      [runKey]: runId,
      // The program carries its source map with it, wherever it lies; it is read before the program's first line runs.
      resolveSourceMapLocations: ["**/kindling-run-*/**"],
      pauseForSourceMap: true,
      timeouts: { sourceMapMinPause: patience, sourceMapCumulativePause: patience },
      outFiles: [],
      skipFiles: ["<node_internals>/**", `${join(this.#extension.fsPath, "dist")}/**`],
      autoAttachChildProcesses: false,
      continueOnAttach: true,
      internalConsoleOptions: "neverOpen",
      customDescriptionGenerator: describe,
      customPropertiesGenerator: open,
    };
    // What is unsaved was saved for the run.
    const hasBegun = await vscode.debug.startDebugging(folder, configuration, { suppressSaveBeforeStart: true });
    return hasBegun && (await hasCome);
  };

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#configured.dispose();
  }

  /** The session that we ask for is only the head of others, the first of which is the process's. */
  #processSession(runId: string): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (hasCome: boolean): void => {
        clearTimeout(timer);
        for (const subscription of subscriptions) subscription.dispose();
        resolve(hasCome);
      };
      const timer = setTimeout(() => end(false), patience);
      const subscriptions = [
        this.#configured.event((configured) => configured === runId && end(true)),
        vscode.debug.onDidTerminateDebugSession((session) => ownRun(session) === runId && end(false)),
      ];
    });
  }

  /** A thread's session says when it stands. */
  #track(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const runId = runOf(session);
    if (runId === undefined) return undefined;
    const stands = (value: boolean): void => this.#controller.standsInDebugger(runId, value);
    const steps = new HeldSteps(session);
    const rows = new UndescribedRows(session);
    return {
      onDidSendMessage: (message: Message) => {
        steps.sent(message);
        rows.sent(message);
        if (message.type === "response" && message.command === "configurationDone" && isOfProcess(session)) this.#configured.fire(runId);
        if (message.type !== "event") return;
        if (message.event === "stopped") stands(true);
        if (message.event === "continued") stands(false);
      },
      onWillReceiveMessage: (message: Message) => {
        // The debugger may end the process itself, at once: that is no failure of the run's.
        if (ends.has(message.command ?? "") && ownRun(session) !== undefined) this.#controller.stopRun(runId);
        if (goesOn.has(message.command ?? "")) stands(false);
        rows.received(message);
        steps.received(message);
      },
    };
  }
}

/** Requests of the stop button, by whatever key. */
const ends: ReadonlySet<string> = new Set(["disconnect", "terminate"]);
/** Requests by which a thread goes on; the debugger doesn't always answer them with an event. */
const goesOn: ReadonlySet<string> = new Set(["continue", "next", "stepIn", "stepOut"]);

function ownRun(session: vscode.DebugSession): string | undefined {
  return session.configuration[runKey] as string | undefined;
}

/** Whether it is the session of a run's process, right below the one that we ask for. */
function isOfProcess(session: vscode.DebugSession): boolean {
  return session.parentSession !== undefined && ownRun(session.parentSession) !== undefined;
}

/** The run that a session, or one that it is a part of, debugs. */
function runOf(session: vscode.DebugSession): string | undefined {
  for (let one: vscode.DebugSession | undefined = session; one; one = one.parentSession) {
    const runId = ownRun(one);
    if (runId !== undefined) return runId;
  }
  return undefined;
}
