/** The page of compared runs. */
import { render } from "preact";
import { watchTheme } from "../charts/theme.ts";
import type { Host } from "../store.ts";
import { Comparison } from "./comparison.tsx";
import { ComparisonStore } from "./comparisonStore.ts";

declare function acquireVsCodeApi(): Host;

const store = new ComparisonStore(acquireVsCodeApi());

window.addEventListener("message", (event: MessageEvent<unknown>) => store.receive(event.data));
watchTheme();
render(<Comparison store={store} />, document.getElementById("root")!);
store.post({ type: "ready" });
