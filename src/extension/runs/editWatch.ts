/** Notices when the text that a training runs is no longer the text on disk: its file's own, or that of what it imports. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { fileOf } from "../shared/currentFile.ts";
import type { Disposable } from "../shared/emitter.ts";
import type { RunStore, StoreChange } from "./runStore.ts";

export class EditWatch {
  readonly #store: RunStore;
  readonly #subscriptions: Disposable[];

  constructor(store: RunStore) {
    this.#store = store;
    const watcher = vscode.workspace.createFileSystemWatcher("**/*");
    const changed = ({ fsPath }: vscode.Uri): void => this.#changed(fsPath);
    this.#subscriptions = [
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      // Files outside the workspace have no watcher.
      vscode.workspace.onDidSaveTextDocument((document) => this.#changed(fileOf(document))),
      store.onDidChange((change) => this.#follow(change)),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #follow({ file, runs, change }: StoreChange): void {
    const { train } = runs;
    if (change.type === "restored") void this.#compare(file);
    if (!train) return;
    // Its own text is read as the run begins; what it imports is known as soon as it is bundled.
    if (change.type === "began" && train.state === "starting") void this.#remember(train.runId, [file]);
    if (change.type !== "event" || change.runId !== train.runId || change.event.type !== "files") return;
    void this.#remember(
      train.runId,
      change.event.files.filter((one) => one !== file),
    );
  }

  async #remember(runId: string, files: readonly string[]): Promise<void> {
    const known = this.#store.all().find(({ train }) => train?.runId === runId)?.sources;
    const unknown = files.filter((file) => known?.[file] === undefined);
    if (unknown.length > 0) this.#store.setSources(runId, await fingerprints(unknown));
  }

  #changed(path: string | undefined): void {
    if (path === undefined) return;
    for (const { file, sources } of this.#store.all()) if (sources?.[path] !== undefined) void this.#compare(file);
  }

  async #compare(file: string): Promise<void> {
    const runs = this.#store.get(file);
    if (!runs?.train || !runs.sources) return;
    const { sources } = runs;
    const { runId } = runs.train;
    const now = await fingerprints(Object.keys(sources));
    const isEdited = Object.entries(sources).some(([path, text]) => now[path] !== text);
    if (this.#store.get(file)?.train?.runId === runId) this.#store.setEdited(file, isEdited);
  }
}

async function fingerprints(files: readonly string[]): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await fingerprint(file)] as const)));
}

/** Of a file's bytes; of a file that isn't there, nothing. */
async function fingerprint(file: string): Promise<string> {
  try {
    return createHash("sha256")
      .update(await readFile(file))
      .digest("base64");
  } catch {
    return "";
  }
}
