import { useComputed } from "@preact/signals";
import { defaultChoices } from "../state.ts";
import type { Store } from "../store.ts";
import { NoModel, Welcome } from "./empty.tsx";
import { Header } from "./header.tsx";
import { Problems } from "./problems.tsx";
import { Splitter } from "./splitter.tsx";
import { TabGroup } from "./tabs.tsx";
import { TreePane } from "../table/table.tsx";

export function App({ store }: { store: Store }) {
  const hasRun = useComputed(() => store.run.value !== null).value;
  const hasModel = useComputed(() => store.model.value !== null).value;
  if (!hasRun) return <Welcome store={store} />;
  return (
    <div class="app">
      <Header store={store} />
      {hasModel && <Problems store={store} />}
      {hasModel ? <Body store={store} /> : <NoModel store={store} run={store.run.value!} />}
    </div>
  );
}

/** The table beside the tabs; in a narrow panel it is one of them. */
function Body({ store }: { store: Store }) {
  const layout = useComputed(() => store.state.value.layout).value;
  const treeShare = useComputed(() => store.choices.value.treeShare).value;
  if (layout === "narrow") {
    return (
      <main class="body">
        <TabGroup store={store} group="main" />
      </main>
    );
  }
  return (
    <main class="body">
      <div class="pane" id="pane-tree" style={{ flexBasis: `${treeShare * 100}%` }}>
        <TreePane store={store} />
      </div>
      <Splitter
        orientation="vertical"
        label="Width of the module table"
        share={treeShare}
        defaultShare={defaultChoices.treeShare}
        controls="pane-tree"
        onChange={(share) => store.dispatch({ type: "choose", choices: { treeShare: share } })}
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
    <div class="right">
      <div class="pane" id="pane-main" style={{ flexBasis: `${share * 100}%` }}>
        <TabGroup store={store} group="main" />
      </div>
      <Splitter
        orientation="vertical"
        label="Width of the tabs in the middle"
        share={share}
        defaultShare={defaultChoices.mainShare}
        controls="pane-main"
        onChange={(mainShare) => store.dispatch({ type: "choose", choices: { mainShare } })}
      />
      <TabGroup store={store} group="side" />
    </div>
  );
}
