import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Branches } from "../branches/branches.tsx";
import { OutputStrip } from "../output/output.tsx";
import type { Store } from "../store.ts";
import { NoModel, Welcome } from "./empty.tsx";
import { Header } from "./header.tsx";
import { Problems } from "./problems.tsx";
import { Splitter } from "./splitter.tsx";
import { TabGroup } from "./tabs.tsx";
import { HealthBar } from "../health/healthBar.tsx";
import { Steps } from "../steps/stepBar.tsx";
import { TreePane } from "../table/table.tsx";

export function App({ store }: { store: Store }) {
  const hasRun = useComputed(() => store.run.value !== null).value;
  const hasModel = useComputed(() => store.model.value !== null).value;
  if (!hasRun) return <Welcome store={store} />;
  return (
    <div class="app">
      <Header store={store} />
      <Problems store={store} />
      <HealthBar store={store} />
      <Branches store={store} />
      {hasModel && <Steps store={store} />}
      {hasModel ? <Body store={store} /> : <NoModel store={store} />}
      {hasModel && <OutputStrip store={store} />}
    </div>
  );
}

/** The table beside the tabs or above them, or among them, by the room there is. */
function Body({ store }: { store: Store }) {
  const layout = useComputed(() => store.state.value.layout).value;
  const { tableWidth, tableHeight } = store.choices.value;
  if (layout === "tabs") {
    return (
      <main class="body">
        <TabGroup store={store} group="main" />
      </main>
    );
  }
  const above = layout === "above";
  return (
    <main class={above ? "body stacked" : "body"}>
      <Pane id="pane-table" share={above ? tableHeight : tableWidth}>
        <TreePane store={store} />
      </Pane>
      <Splitter
        orientation={above ? "horizontal" : "vertical"}
        label={above ? "Height of the module table" : "Width of the module table"}
        controls="pane-table"
        onChange={(share) => store.dispatch({ type: "choose", choices: above ? { tableHeight: share } : { tableWidth: share } })}
      />
      <Tabs store={store} />
    </main>
  );
}

function Tabs({ store }: { store: Store }) {
  const two = useComputed(() => store.shownTabs.value.side !== undefined).value;
  const share = useComputed(() => store.choices.value.mainShare).value;
  if (!two) return <TabGroup store={store} group="main" />;
  return (
    <div class="two-groups">
      <Pane id="pane-main" share={share}>
        <TabGroup store={store} group="main" />
      </Pane>
      <Splitter
        orientation="vertical"
        label="Width of the tabs in the middle"
        controls="pane-main"
        onChange={(mainShare) => store.dispatch({ type: "choose", choices: { mainShare } })}
      />
      <TabGroup store={store} group="side" />
    </div>
  );
}

/** What a splitter makes larger and smaller; without a chosen share the style sheet says how large it is. */
function Pane({ id, share, children }: { id: string; share: number | null; children: ComponentChildren }) {
  return (
    <div class="pane" id={id} style={share === null ? {} : { flexBasis: `${share * 100}%`, maxHeight: "none" }}>
      {children}
    </div>
  );
}
