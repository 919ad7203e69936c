/** The models of the text of now, which weights are to be put into. */
import type { RunState } from "../../protocol/index.ts";
import type { RunController } from "../runs/runController.ts";
import { isInspecting } from "../runs/fileRuns.ts";
import type { RunStore } from "../runs/runStore.ts";

/** Another inspection, after a save, may take the place of this one: then that is of an older text than is there now. */
export async function inspectNow({ controller, store }: { readonly controller: RunController; readonly store: RunStore }, file: string): Promise<RunState> {
  let state = await controller.inspect(file);
  while (state === "stopped" && isInspecting(store.get(file))) state = await controller.inspect(file);
  return state;
}
