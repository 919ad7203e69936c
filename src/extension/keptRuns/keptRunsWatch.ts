/** Tells when kept runs may be others than they were: those of this window, of the command line, and of other machines. */
import * as vscode from "vscode";
import type { RunStore } from "../runs/runStore.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";

/** Milliseconds between two words where nothing is known to go on: another machine may write to a folder that is shared, and nobody tells. */
const longest = 5_000;

export class KeptRunsWatch {
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor(store: RunStore) {
    const tell = (): void => this.#changed.fire();
    // Runs that the command line begins, and those that are deleted by hand.
    const watcher = vscode.workspace.createFileSystemWatcher("**/.kindling/runs/*/*.json");
    this.#subscriptions = [
      watcher,
      watcher.onDidCreate(tell),
      watcher.onDidChange(tell),
      watcher.onDidDelete(tell),
      vscode.workspace.onDidChangeWorkspaceFolders(tell),
      every(longest, tell),
      store.onDidChange(({ change }) => {
        if (change.type !== "event" || change.event.type === "state" || change.event.type === "progress") tell();
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

function every(milliseconds: number, action: () => void): Disposable {
  const timer = setInterval(action, milliseconds);
  return { dispose: () => clearInterval(timer) };
}
