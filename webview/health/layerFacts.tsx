/** How the chosen module was in the step that is shown. */
import { useComputed } from "@preact/signals";
import type { ModuleInfo } from "../../src/protocol/index.ts";
import { layerFacts } from "../../src/run/health/layerFacts.ts";
import { moduleStatistics } from "../shownSample.ts";
import type { Store } from "../store.ts";

export function LayerFacts({ store, module }: { store: Store; module: ModuleInfo }) {
  const statistics = useComputed(() => store.outputSample.value && moduleStatistics(store.outputSample.value, store.module.value?.id ?? module.id)).value;
  const facts = statistics ? layerFacts(statistics) : [];
  if (facts.length === 0) return null;
  return (
    <dl class="layer-facts" data-testid="layer-facts">
      {facts.map(({ id, name, text, hint }) => (
        <div key={name} title={hint}>
          <dt>{name}</dt>
          <dd data-fact={id}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
