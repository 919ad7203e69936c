/** The panel's page. */
import { render } from "preact";
import { watchTheme } from "./charts/theme.ts";
import { layoutFor } from "./frame/arrangement.ts";
import { Store, type Host } from "./store.ts";
import { App } from "./frame/app.tsx";

declare function acquireVsCodeApi(): Host;

const store = new Store(acquireVsCodeApi());

window.addEventListener("message", (event: MessageEvent<unknown>) => store.receive(event.data));
window.addEventListener("pagehide", store.save);
document.addEventListener("visibilitychange", store.save);

const measure = () => store.dispatch({ type: "layout", layout: layoutFor({ width: window.innerWidth, height: window.innerHeight }) });
window.addEventListener("resize", measure);
measure();
watchTheme();
render(<App store={store} />, document.getElementById("root")!);
store.post({ type: "ready" });
