/** The editor's colours for what is drawn: the one place where series get theirs, for canvases and for style sheets alike. */
import { signal } from "@preact/signals";
import { over, readable, seriesColours, type Rgb } from "./palette.ts";

/** Changes when the editor's theme does. */
export const themeVersion = signal(0);

/** VS Code writes a new theme into the page's root style and the body's class. */
export function watchTheme(): void {
  const observer = new MutationObserver(takeTheme);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  matchMedia("(forced-colors: active)").addEventListener("change", takeTheme);
  takeTheme();
}

/** Gives the page's own colours, `--curve-1` and its like, the values that the theme now asks for. */
function takeTheme(): void {
  known.clear();
  knownChannels.clear();
  for (const [name, value] of Object.entries(chosenColours())) document.body.style.setProperty(name, css(value));
  themeVersion.value++;
}

/** The editor's colours and fonts as it wrote them into the page. */
export function themeLook(): { readonly variables: Readonly<Record<string, string>>; readonly classes: string } {
  const { style } = document.documentElement;
  const names = Array.from(style).filter((name) => name.startsWith("--vscode-"));
  return { variables: Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name)])), classes: document.body.className };
}

type SeriesColour = `--curve-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`;
type FamilyColour = "--activation" | "--gradient" | "--parameter";

export type Colour = SeriesColour | FamilyColour | "--muted" | "--grid" | "--error" | "--foreground" | "--background";

/** Which of the theme's colours each series would like to have; where a theme lacks the first, the next. */
const wishes: Readonly<Record<SeriesColour, readonly string[]>> = {
  "--curve-1": ["charts-blue", "editorInfo-foreground", "foreground"],
  "--curve-2": ["charts-orange", "charts-yellow", "editorWarning-foreground", "foreground"],
  "--curve-3": ["charts-purple", "foreground"],
  "--curve-4": ["charts-green", "testing-iconPassed", "foreground"],
  "--curve-5": ["charts-red", "editorError-foreground", "foreground"],
  "--curve-6": ["charts-yellow", "editorWarning-foreground", "foreground"],
  "--curve-7": ["terminal-ansiCyan", "charts-blue", "foreground"],
  "--curve-8": ["terminal-ansiMagenta", "charts-foreground", "foreground"],
};

const families: Readonly<Record<FamilyColour, SeriesColour>> = {
  "--activation": "--curve-1",
  "--gradient": "--curve-2",
  "--parameter": "--curve-3",
};

/**
 * Themes make these colours for other purposes: `charts.orange` is the mark of a search result, two thirds transparent, and
 * high contrast has none. So its transparency is left aside, and its lightness moves until it can be seen.
 */
function chosenColours(): Readonly<Record<string, Rgb>> {
  const background = panelBackground();
  const names = Object.keys(wishes) as SeriesColour[];
  const found = seriesColours(
    names.map((name) => themeColour(wishes[name])),
    background,
  );
  const series = Object.fromEntries(names.map((name, i) => [name, found[i]!])) as Record<SeriesColour, Rgb>;
  return {
    ...series,
    ...Object.fromEntries(Object.entries(families).map(([family, name]) => [family, series[name]])),
    "--background": background,
    "--error": readable(themeColour(["errorForeground", "editorError-foreground", "foreground"]), background),
  };
}

function themeColour(names: readonly string[]): Rgb {
  const style = getComputedStyle(document.documentElement);
  const value = names.map((name) => style.getPropertyValue(`--vscode-${name}`).trim()).find((text) => text !== "" && parse(text)[1] > 0);
  return parse(value ?? "CanvasText")[0];
}

/** Behind a translucent background VS Code shows the window: dark in dark themes. */
function panelBackground(): Rgb {
  const light = /\bvscode-(high-contrast-)?light\b/.test(document.body.className);
  const [colour, alpha] = parse(getComputedStyle(document.body).backgroundColor);
  return over(colour, alpha, light ? [255, 255, 255] : [0, 0, 0]);
}

/** Any CSS colour as its channels, and how much it hides of what is behind it, 0 to 1. */
function parse(text: string): readonly [Rgb, number] {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = text;
  // The canvas writes a translucent colour with its four numbers; any other shows itself in a pixel.
  const numbers = /^rgba?\((.*)\)$/.exec(context.fillStyle)?.[1]?.split(",").map(Number);
  if (numbers?.length === 4) return [[numbers[0]!, numbers[1]!, numbers[2]!], numbers[3]!];
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
  return [[red!, green!, blue!], alpha! / 255];
}

function css([red, green, blue]: Rgb): string {
  const digits = [red, green, blue].map((channel) => Math.round(channel).toString(16).padStart(2, "0"));
  return `#${digits.join("")}`;
}

/** Reading a style may cost the page a layout, so each colour is read once for each theme. */
const known = new Map<Colour, string>();
const knownChannels = new Map<Colour, Rgb>();

export function colour(name: Colour): string {
  const value = known.get(name) ?? getComputedStyle(document.body).getPropertyValue(name).trim();
  known.set(name, value);
  return value;
}

/** Red, green and blue from 0 to 255. */
export function channels(name: Colour): Rgb {
  const value = knownChannels.get(name) ?? parse(colour(name))[0];
  knownChannels.set(name, value);
  return value;
}

export function font(): string {
  const { fontFamily } = getComputedStyle(document.body);
  return `11px ${fontFamily}`;
}
