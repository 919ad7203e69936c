/** The tabs of the panel, and the bar that chooses among them. */
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { ControlPane } from "../control/control.tsx";
import { CurvesPane } from "../curves/curves.tsx";
import { DataPane } from "../data/data.tsx";
import { GradientFlow } from "../health/gradientFlow.tsx";
import { GraphPane } from "../graph/graph.tsx";
import { DetailsPane } from "../layer/layer.tsx";
import { OutputPane } from "../output/output.tsx";
import type { Store } from "../store.ts";
import { TreePane } from "../table/table.tsx";
import type { GroupName, TabId } from "./arrangement.ts";

interface Tab {
  readonly title: string;
  readonly View: (props: { store: Store }) => JSX.Element | null;
}

/** `tabIds` says in which order. */
const tabs: Readonly<Record<TabId, Tab>> = {
  modules: { title: "Modules", View: TreePane },
  curves: { title: "Curves", View: CurvesPane },
  layer: { title: "Layer", View: DetailsPane },
  gradients: { title: "Gradients", View: GradientFlow },
  graph: { title: "Graph", View: GraphPane },
  data: { title: "Data", View: DataPane },
  control: { title: "Control", View: ControlPane },
  output: { title: "Output", View: OutputPane },
};

/** A bar of tabs over the one that is shown. A tab that isn't shown isn't there, and costs nothing. */
export function TabGroup({ store, group }: { store: Store; group: GroupName }) {
  const bar = useRef<HTMLDivElement>(null);
  const offered = store.offeredTabs.value;
  const shown = useComputed(() => store.shownTabs.value[group]).value;
  if (shown === undefined) return null;
  const { View } = tabs[shown];

  const choose = (id: TabId) => store.dispatch({ type: "chooseTab", group, tab: id });
  const press = (event: KeyboardEvent) => {
    const next = tabAfterKey(event.key, offered.indexOf(shown), offered.length);
    if (next === null) return;
    event.preventDefault();
    choose(offered[next]!);
    (bar.current!.children[next] as HTMLElement).focus();
  };

  return (
    <section class="tab-group" data-testid={`tabs-${group}`}>
      <div ref={bar} class="tab-bar" role="tablist" aria-label={group === "main" ? "What is shown" : "What is shown beside it"} onKeyDown={press}>
        {offered.map((id) => (
          <button
            key={id}
            type="button"
            class="tab"
            role="tab"
            id={`${group}-tab-${id}`}
            aria-selected={id === shown}
            aria-controls={`${group}-panel`}
            tabIndex={id === shown ? 0 : -1}
            onClick={() => choose(id)}
            data-testid={`tab-${id}`}
          >
            {tabs[id].title}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id={`${group}-panel`} aria-labelledby={`${group}-tab-${shown}`} data-tab={shown}>
        <View key={shown} store={store} />
      </div>
    </section>
  );
}

/** Arrows go round; `null` if the key means nothing there. */
export function tabAfterKey(key: string, index: number, count: number): number | null {
  if (key === "ArrowRight") return (index + 1) % count;
  if (key === "ArrowLeft") return (index + count - 1) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
