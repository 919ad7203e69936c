/** The panel as one HTML file that needs nothing else: what is in it is what the panel has, and it looks and works like it. Pure. */
import { gzipSync } from "node:zlib";
import { formatCount } from "../../run/numbers.ts";
import type { Family } from "../../run/family.ts";
import { pageContent, type PageContent, type PageLook } from "../../run/panelMessages.ts";
import { memoryBounds, shrink, type Bounds, type RunSnapshot } from "../../run/snapshot.ts";
import { isFinal, standing } from "../../run/standing.ts";
import { fileName } from "../../run/text.ts";

/** What the panel's page is built into. */
export interface PageAssets {
  readonly script: string;
  /** What stands in VS Code's place; runs before `script`. */
  readonly standAlone: string;
  readonly style: string;
  /** The font of the icons, which the style sheet names. */
  readonly font: Uint8Array;
}

export interface Exported extends PageContent {
  readonly look: PageLook;
  readonly title: string;
  /** One line above all else: of what this is, and when. */
  readonly note: string;
}

/** Bytes of the page; a run that would make it larger is thinned out. */
const largestPage = 1_900_000;

export function exportedPage(assets: PageAssets, { run, family, look, title, note }: Exported): string {
  const { script, standAlone, style, font } = assets;
  const [shownStyle, shownScript] = [withFont(style, font), inline(standAlone) + inline(script)];
  const room = largestPage - shownStyle.length - shownScript.length - JSON.stringify(look).length;
  const data = JSON.stringify({ look, content: packed({ run, family }, room) }).replaceAll("<", "\\u003c");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; font-src data:; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${shownStyle}</style>
</head>
<body>
<div class="exported-note">${escape(note)}</div>
<div id="root"></div>
<script type="application/json" id="exported">${data}</script>
<script>${shownScript}</script>
</body>
</html>
`;
}

/**
 * As JSON, packed by gzip, in base64. A run that doesn't fit has fewer of its measured steps, and fewer points of curves.
 * @param room characters
 */
function packed({ run, family }: PageContent, room: number): string {
  let bounds: Bounds = memoryBounds;
  for (;;) {
    const kept = shrink(run, bounds);
    const content = { run: kept, family: family && withTrunkOf(family, bounds.points) };
    const bytes = gzipSync(JSON.stringify(pageContent.encode(content)));
    const text = bytes.toString("base64");
    if (text.length <= room || bounds.steps <= 2) return text;
    bounds = smaller(bounds, kept);
  }
}

function withTrunkOf({ trunk, ...family }: Family, points: number): Family {
  if (!trunk) return family;
  return { ...family, trunk: { ...trunk, curves: new Map([...trunk.curves].map(([name, series]) => [name, series.thinned(points)])) } };
}

function smaller(bounds: Bounds, { samples }: RunSnapshot): Bounds {
  const steps = Math.max(0, ...[...samples.values()].map((own) => own.length));
  const half = (value: number): number => Math.ceil(value / 2);
  return {
    ...bounds,
    steps: Math.max(2, half(Math.min(bounds.steps, steps))),
    passNodes: half(bounds.passNodes),
    points: half(bounds.points),
    allPoints: half(bounds.allPoints),
  };
}

function withFont(style: string, font: Uint8Array): string {
  const address = `url("data:font/ttf;base64,${Buffer.from(font).toString("base64")}")`;
  return style.replace(/url\([^)]*\.ttf[^)]*\)/g, () => address).replaceAll("</", "<\\/");
}

/** Nothing in a script ends it before its end. */
function inline(script: string): string {
  return script
    .replace(/<\/(script)/gi, "<\\/$1")
    .replace(/<!--/g, "<\\!--")
    .replace(/^\/\/# sourceMappingURL=.*$/gm, "");
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** `digits.model.ts as of 27 November 2026 at 15:40, step 539 of a training that was under way.` */
export function noteOn(run: RunSnapshot, now: Date): string {
  const when = `${now.toLocaleDateString("en-GB", { dateStyle: "long" })} at ${now.toLocaleTimeString("en-GB", { timeStyle: "short" })}`;
  const step = standing(run)?.step;
  const underWay = isFinal(run.state) ? "" : `, ${step === undefined ? "" : `step ${formatCount(step)} of `}a training that was under way`;
  return `${fileName(run.file)} as of ${when}${underWay}. Saved from Kindling.`;
}
