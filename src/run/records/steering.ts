/** How what a running program is told, and where it stands then, is written and read. */
import type { Destination, ModuleTarget, PanelSteering, Place, WatchSettings } from "../../protocol/index.ts";
import { flag, list, nullable, number, oneOf, optional, record, text, variants, whole } from "../codec.ts";
import { change } from "./interventions.ts";
import { position } from "./position.ts";
import { lookRequest } from "./sample.ts";

const destination = variants<Destination, "kind">("kind", {
  batch: record({}),
  module: record({}),
  out: record({}),
  step: record({ step: whole }),
  epoch: record({ epoch: whole }),
});

export const watchSettings = record<WatchSettings>({
  what: oneOf("all", "chosen", "off"),
  modules: list(record<ModuleTarget>({ model: whole, path: text })),
  budget: number,
  everyStep: flag,
});

export const steering = variants<PanelSteering, "type">("type", {
  measure: record({}),
  trace: record({}),
  advance: record({ to: destination }),
  change: record({ change }),
  undo: record({ intervention: whole }),
  watch: record({ watch: watchSettings }),
  look: record({ look: nullable(lookRequest) }),
});

export const place = record<Place>({
  step: whole,
  epoch: number,
  module: optional(record<NonNullable<Place["module"]>>({ path: text, type: text, model: optional(whole), position: optional(position) })),
  waiting: whole,
});
