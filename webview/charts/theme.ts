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

export function colour(name: Colour): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

/** Red, green and blue from 0 to 255 of any CSS colour. */
export function channels(name: Colour): readonly [number, number, number] {
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
