import { useComputed } from "@preact/signals";
import { defaultChoices } from "../state.ts";
import type { Store } from "../store.ts";
import { CurvesPane } from "../curves/curves.tsx";
import { DetailsPane } from "../layer/layer.tsx";
import { NoModel, Welcome } from "./empty.tsx";
import { Header } from "./header.tsx";
import { Problems } from "./problems.tsx";
import { Splitter } from "./splitter.tsx";
import { TreePane } from "../table/table.tsx";

export function App({ store }: { store: Store }) {
  const hasRun = useComputed(() => store.run.value !== null).value;
  const hasModel = useComputed(() => store.model.value !== null).value;
  if (!hasRun) return <Welcome store={store} />;
  return (
    <div class="app">
      <Header store={store} />
      {hasModel ? <Body store={store} /> : <NoModel store={store} run={store.run.value!} />}
      {hasModel && <Problems store={store} />}
    </div>
  );
}

function Body({ store }: { store: Store }) {
  const treeShare = useComputed(() => store.choices.value.treeShare).value;
  return (
    <main class="body">
      <div class="pane" id="pane-tree" style={{ flexBasis: `${treeShare * 100}%` }}>
        <TreePane store={store} />
      </div>
      <Splitter
        orientation="vertical"
        label="Width of the module tree"
        share={treeShare}
        defaultShare={defaultChoices.treeShare}
        controls="pane-tree"
        onChange={(share) => store.dispatch({ type: "choose", choices: { treeShare: share } })}
      />
      <Right store={store} />
    </main>
  );
}

/** An inspection runs one step: it has no curves, and the module gets all the room. */
function Right({ store }: { store: Store }) {
  const curvesShare = useComputed(() => store.choices.value.curvesShare).value;
  const inspection = useComputed(() => store.run.value?.mode === "inspect").value;
  if (inspection) {
    return (
      <div class="right">
        <DetailsPane store={store} />
      </div>
    );
  }
  return (
    <div class="right">
      <div class="pane" id="pane-curves" style={{ flexBasis: `${curvesShare * 100}%` }}>
        <CurvesPane store={store} />
      </div>
      <Splitter
        orientation="horizontal"
        label="Height of the curves"
        share={curvesShare}
        defaultShare={defaultChoices.curvesShare}
        controls="pane-curves"
        onChange={(share) => store.dispatch({ type: "choose", choices: { curvesShare: share } })}
      />
      <DetailsPane store={store} />
    </div>
  );
}
