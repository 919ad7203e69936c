/**
 * The colours that VS Code gives a webview's page: a theme's own file over the defaults of the colour registry. The files
 * are those of the installed VS Code server; without one there are the registry's defaults of each kind of theme.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInNewContext } from "node:vm";
import { cacheDirectory } from "../../scripts/system.mjs";

type Kind = "dark" | "light" | "hcDark" | "hcLight";

export interface Theme {
  readonly name: string;
  /** The class that VS Code puts on the body. */
  readonly bodyClass: string;
  /** Without their prefix `--vscode-`. */
  readonly variables: Readonly<Record<string, string>>;
}

const fonts = {
  "font-family": '"Segoe WPC", "Segoe UI", system-ui, "Ubuntu", "Droid Sans", sans-serif',
  "font-size": "13px",
  "editor-font-family": '"Droid Sans Mono", "monospace", monospace',
  "editor-font-size": "14px",
};

const bodyClasses: Readonly<Record<Kind, string>> = {
  dark: "vscode-dark",
  light: "vscode-light",
  hcDark: "vscode-high-contrast",
  hcLight: "vscode-high-contrast vscode-high-contrast-light",
};

/** `@name` is another colour's value, `@name 0.5` the same with that opacity; null: not defined. */
type Default = string | null;

const all = (value: Default) => [value, value, value, value] as const;

/** Of dark, light, high contrast dark and high contrast light themes, as VS Code registers them. */
const registry: Readonly<Record<string, readonly [Default, Default, Default, Default]>> = {
  foreground: ["#cccccc", "#616161", "#ffffff", "#292929"],
  descriptionForeground: ["@foreground 0.7", "#717171", "@foreground 0.7", "@foreground 0.7"],
  errorForeground: ["#f48771", "#a1260d", "#f48771", "#b5200d"],
  "icon.foreground": ["#c5c5c5", "#424242", "#ffffff", "#292929"],
  focusBorder: ["#007fd4", "#0090f1", "#f38518", "#006bbd"],
  contrastBorder: [null, null, "#6fc3df", "#0f4a85"],
  contrastActiveBorder: [null, null, "@focusBorder", "@focusBorder"],
  "panel.border": ["#80808059", "#80808059", "@contrastBorder", "@contrastBorder"],
  "editor.background": ["#1e1e1e", "#ffffff", "#000000", "#ffffff"],
  "editor.foreground": ["#bbbbbb", "#333333", "#ffffff", "@foreground"],
  "editor.selectionBackground": ["#264f78", "#add6ff", "#f3f518", "#0f4a85"],
  "editor.findMatchHighlightBackground": ["#ea5c0055", "#ea5c0055", null, null],
  "minimap.findMatchHighlight": all("@editor.findMatchHighlightBackground"),
  "editorError.foreground": ["#f14c4c", "#e51400", "#f48771", "#b5200d"],
  "editorWarning.foreground": ["#cca700", "#bf8803", "#ffd370", "#895503"],
  "editorInfo.foreground": ["#59a4f9", "#0063d3", "#59a4f9", "#0063d3"],
  "button.background": ["#0e639c", "#007acc", "#000000", "#0f4a85"],
  "button.foreground": all("#ffffff"),
  "button.border": all("@contrastBorder"),
  "button.secondaryBackground": ["@list.hoverBackground", "@list.hoverBackground", null, "#ffffff"],
  "button.secondaryForeground": ["@foreground", "@foreground", "#ffffff", "@foreground"],
  "button.secondaryBorder": ["@foreground 0.15", "@foreground 0.15", "@contrastBorder", "@contrastBorder"],
  "dropdown.background": ["#3c3c3c", "#ffffff", "#000000", "#ffffff"],
  "dropdown.border": ["@dropdown.background", "#cecece", "@contrastBorder", "@contrastBorder"],
  "dropdown.foreground": ["#f0f0f0", "@foreground", "#ffffff", "@foreground"],
  "inputOption.activeBackground": ["@focusBorder 0.4", "@focusBorder 0.2", "#00000000", "#00000000"],
  "inputOption.activeBorder": ["#007acc", "#007acc", "@contrastBorder", "@contrastBorder"],
  "inputOption.activeForeground": ["#ffffff", "#000000", "@foreground", "@foreground"],
  "toolbar.hoverBackground": ["#5a5d5e50", "#b8b8b850", null, null],
  "list.hoverBackground": ["#2a2d2e", "#f0f0f0", "#ffffff1a", "#0f4a851a"],
  "list.activeSelectionBackground": ["#04395e", "#0060c0", null, "#0f4a851a"],
  "list.activeSelectionForeground": ["#ffffff", "#ffffff", null, null],
  "list.inactiveSelectionBackground": ["#37373d", "#e4e6f1", null, "#0f4a851a"],
  "list.inactiveSelectionForeground": all(null),
  "list.focusOutline": ["@focusBorder", "@focusBorder", "@contrastActiveBorder", "@contrastActiveBorder"],
  "list.focusAndSelectionOutline": all(null),
  "sash.hoverBorder": all("@focusBorder"),
  "scrollbarSlider.activeBackground": ["#bfbfbf66", "#00000099", "@contrastBorder", "@contrastBorder"],
  "progressBar.background": ["#0e70c0", "#0e70c0", "@contrastBorder", "@contrastBorder"],
  "testing.iconPassed": ["#73c991", "#73c991", "#73c991", "#007100"],
  "textLink.foreground": ["#3794ff", "#006ab1", "#21a6ff", "#0f4a85"],
  "charts.foreground": all("@foreground"),
  "charts.red": all("@editorError.foreground"),
  "charts.blue": all("@editorInfo.foreground"),
  "charts.yellow": all("@editorWarning.foreground"),
  "charts.orange": all("@minimap.findMatchHighlight"),
  "charts.green": ["#89d185", "#388a34", "#89d185", "#374e06"],
  "charts.purple": ["#b180d7", "#652d90", "#b180d7", "#652d90"],
};

const kinds: readonly Kind[] = ["dark", "light", "hcDark", "hcLight"];

function theme(name: string, kind: Kind, own: Readonly<Record<string, string>>): Theme {
  const value = (id: string): string | null => {
    const text = own[id] ?? registry[id]?.[kinds.indexOf(kind)] ?? null;
    if (!text?.startsWith("@")) return text;
    const [other, alpha] = text.slice(1).split(" ");
    const found = value(other!);
    return found === null || alpha === undefined ? found : `${found.slice(0, 7)}${hex(Number(alpha) * alphaOf(found))}`;
  };
  const colours = Object.keys(registry).flatMap((id) => {
    const found = value(id);
    return found === null ? [] : [[id.replaceAll(".", "-"), asWritten(found)] as const];
  });
  return { name, bodyClass: bodyClasses[kind], variables: { ...fonts, ...Object.fromEntries(colours) } };
}

const hex = (share: number) =>
  Math.round(255 * share)
    .toString(16)
    .padStart(2, "0");
const alphaOf = (colour: string) => (colour.length === 9 ? Number.parseInt(colour.slice(7), 16) / 255 : 1);

/** VS Code writes translucent colours as `rgba(…)`. */
function asWritten(colour: string): string {
  if (colour.length !== 9) return colour;
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${alphaOf(colour).toFixed(2)})`;
}

/** The registry's defaults of each kind: VS Code's look where a theme says nothing. */
export const themes: readonly Theme[] = kinds.map((kind) => theme(kind, kind, {}));

const files: readonly (readonly [name: string, kind: Kind, file: string])[] = [
  ["Dark Modern", "dark", "theme-defaults/themes/dark_modern.json"],
  ["Dark+", "dark", "theme-defaults/themes/dark_plus.json"],
  ["Dark 2026", "dark", "theme-defaults/themes/2026-dark.json"],
  ["Light Modern", "light", "theme-defaults/themes/light_modern.json"],
  ["Light+", "light", "theme-defaults/themes/light_plus.json"],
  ["Light 2026", "light", "theme-defaults/themes/2026-light.json"],
  ["High Contrast", "hcDark", "theme-defaults/themes/hc_black.json"],
  ["High Contrast Light", "hcLight", "theme-defaults/themes/hc_light.json"],
  ["Monokai", "dark", "theme-monokai/themes/monokai-color-theme.json"],
  ["Solarized Dark", "dark", "theme-solarized-dark/themes/solarized-dark-color-theme.json"],
  ["Solarized Light", "light", "theme-solarized-light/themes/solarized-light-color-theme.json"],
  ["Quiet Light", "light", "theme-quietlight/themes/quietlight-color-theme.json"],
  ["Abyss", "dark", "theme-abyss/themes/abyss-color-theme.json"],
  ["Tomorrow Night Blue", "dark", "theme-tomorrow-night-blue/themes/tomorrow-night-blue-color-theme.json"],
  ["Kimbie Dark", "dark", "theme-kimbie-dark/themes/kimbie-dark-color-theme.json"],
  ["Red", "dark", "theme-red/themes/Red-color-theme.json"],
];

/** The themes that VS Code brings along, from their files; none where no VS Code server is installed. */
export function installedThemes(): readonly Theme[] {
  const cache = cacheDirectory();
  const servers = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("vscode-server-")) : [];
  const folder = servers.map((name) => join(cache, name, "code-server/lib/vscode/extensions")).find((path) => existsSync(path));
  return folder === undefined ? [] : files.map(([name, kind, file]) => theme(name, kind, colours(join(folder, file))));
}

/** A theme file's colours, over those of the file that it includes. */
function colours(file: string): Record<string, string> {
  // JSON with comments and trailing commas is a JavaScript expression.
  const { include, colors } = runInNewContext(`(${readFileSync(file, "utf8")})`) as { include?: string; colors?: Record<string, string> };
  const below = include === undefined ? {} : colours(join(dirname(file), include));
  return { ...below, ...colors };
}
