/** The page of a tensor that the debugger found. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { shownTensor, type ShownTensor } from "../../src/run/shownTensor.ts";
import { watchTheme } from "../charts/theme.ts";
import type { Host } from "../store.ts";
import { TensorPage } from "./tensor.tsx";

declare function acquireVsCodeApi(): Host;

/** Of the window's width, CSS pixels: for the button beside the picture, and the margins. */
const beside = 64;

const host = acquireVsCodeApi();
const tensor = signal<ShownTensor | null>(null);
const room = signal(0);

window.addEventListener("message", ({ data }: MessageEvent<unknown>) => (tensor.value = shownTensor.decode(data)));
const measure = () => (room.value = Math.max(1, window.innerWidth - beside));
window.addEventListener("resize", measure);
measure();
watchTheme();
render(<TensorPage tensor={tensor} room={room} />, document.getElementById("root")!);
host.postMessage({ type: "ready" });
