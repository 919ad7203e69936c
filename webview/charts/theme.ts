/** The editor's colours for what is drawn on a canvas, where CSS variables don't reach. */
import { signal } from "@preact/signals";

/** Changes when the editor's theme does. */
export const themeVersion = signal(0);

/** VS Code writes a new theme into the page's root style and the body's class. */
export function watchTheme(): void {
  const observer = new MutationObserver(() => themeVersion.value++);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
}

export type Colour =
  | "--curve-1"
  | "--curve-2"
  | "--curve-3"
  | "--curve-4"
  | "--curve-5"
  | "--activation"
  | "--gradient"
  | "--parameter"
  | "--muted"
  | "--grid"
  | "--error"
  | "--foreground";

/** Reading a style may cost the page a layout, so each colour is read once for each theme. */
let known = { theme: -1, colours: new Map<Colour, string>(), channels: new Map<Colour, Channels>() };

function cache() {
  const theme = themeVersion.peek();
  if (known.theme !== theme) known = { theme, colours: new Map(), channels: new Map() };
  return known;
}

export function colour(name: Colour): string {
  const { colours } = cache();
  const value = colours.get(name) ?? getComputedStyle(document.body).getPropertyValue(name).trim();
  colours.set(name, value);
  return value;
}

type Channels = readonly [red: number, green: number, blue: number];

/** Red, green and blue from 0 to 255 of any CSS colour. */
export function channels(name: Colour): Channels {
  const { channels: all } = cache();
  const value = all.get(name) ?? measureChannels(name);
  all.set(name, value);
  return value;
}

function measureChannels(name: Colour): Channels {
  const context = document.createElement("canvas").getContext("2d")!;
  context.fillStyle = colour(name);
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return [red!, green!, blue!];
}

export function font(): string {
  const { fontFamily } = getComputedStyle(document.body);
  return `11px ${fontFamily}`;
}
