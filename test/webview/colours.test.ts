import assert from "node:assert/strict";
import { contrast, difference, readable, seriesColours, visions, type Rgb } from "../../webview/charts/palette.ts";
import { snapshotAfter, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { installedThemes, themes } from "./themes.ts";
import { withPages } from "./withPages.ts";

/** By the formula of WCAG 2.2, from the text of the standard. */
function contrastOf(a: Rgb, b: Rgb): number {
  const luminance = (colour: Rgb) => {
    const [r, g, b] = colour.map((channel) => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [one, other] = [luminance(a) + 0.05, luminance(b) + 0.05];
  return Math.max(one / other, other / one);
}

describe("series colours", () => {
  it("measure contrast as the standard does", () => {
    assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
    assert.ok(Math.abs(contrast([118, 118, 118], [255, 255, 255]) - 4.54) < 0.01);
  });

  it("keep a colour that can be seen, and move one that can't in lightness only", () => {
    assert.deepEqual(readable([0, 99, 211], [255, 255, 255]), [0, 99, 211]);
    const [red, green, blue] = readable([255, 221, 153], [255, 255, 255]);
    assert.ok(contrastOf([red, green, blue], [255, 255, 255]) >= 3);
    assert.ok(red > green && green > blue, "still an orange");
  });

  it("are told apart on every background even where a theme gives the same colour to all", () => {
    for (const level of [0, 60, 128, 190, 255]) {
      const background: Rgb = [level, level, level];
      const chosen = seriesColours(
        Array.from({ length: 3 }, (): Rgb => [89, 164, 249]),
        background,
      );
      for (const colour of chosen) assert.ok(contrastOf(colour, background) >= 3, `${colour} on ${level}`);
      assert.equal(new Set(chosen.map(String)).size, 3);
    }
  });

  it("take red and green for the same where eyes do", () => {
    assert.ok(Object.keys(visions).length === 4);
    assert.ok(difference([200, 60, 60], [110, 110, 30]) < 0.5 * difference([200, 60, 60], [30, 60, 200]));
  });
});

describe("what the panel draws can be seen", function () {
  this.timeout(120_000);
  const pages = withPages();
  let panel: Panel;
  const run = snapshotAfter([...training({ epochs: 4, batches: 10, sampleEvery: 5 })]);
  const everyTheme = [...themes, ...installedThemes()];

  before(async () => {
    // Wide enough for curves and histograms side by side.
    panel = await pages.open({ width: 2200, height: 1100 });
    await panel.send({ type: "snapshot", run });
  });

  it("in the themes' own files", function () {
    // They come with VS Code's server, which a run of this file alone doesn't install.
    if (installedThemes().length === 0) this.skip();
    const orange = (name: string) => installedThemes().find((theme) => theme.name === name)!.variables["charts-orange"];
    assert.equal(orange("Dark Modern"), "rgba(234, 92, 0, 0.33)");
    assert.equal(orange("High Contrast"), undefined);
  });

  for (const theme of everyTheme) {
    it(`in ${theme.name}: curves, legends, histograms, heat maps and bars hold 3 : 1, and families differ`, async () => {
      await panel.wear(theme);
      await panel.page.waitForFunction(() => !document.querySelector(".plot:not(:has(canvas))"));
      const drawn = await drawnColours(panel);
      for (const [what, colours] of Object.entries(drawn.colours)) {
        assert.ok(colours.length > 0, `no ${what}`);
        for (const colour of colours) {
          const ratio = contrastOf(colour, drawn.background);
          assert.ok(ratio >= 3, `${what} ${colour} on ${drawn.background}: ${ratio.toFixed(2)}`);
        }
      }
      const { histograms } = drawn.colours;
      for (const [i, colour] of histograms!.entries()) {
        for (const other of histograms!.slice(0, i)) assert.ok(difference(colour, other) >= 0.085, `${colour} and ${other}`);
      }
    });
  }
});

interface Drawn {
  readonly background: Rgb;
  readonly colours: Readonly<Record<string, readonly Rgb[]>>;
}

/** From a picture of the page, without the lines and numbers that lie over the heat maps. */
async function drawnColours(panel: Panel): Promise<Drawn> {
  await panel.page
    .locator(".step-line, .value-label")
    .evaluateAll((elements) => elements.forEach((element) => ((element as HTMLElement).style.visibility = "hidden")));
  const picture = await decoded(panel);
  const background = picture(1, panel.page.viewportSize()!.height - 1);
  const centre = ({ x, y, width, height }: Box) => picture(x + width / 2, y + height / 2);
  const firstOfFamilies = await Promise.all(["activation", "gradient", "parameter"].map((family) => boxes(panel, `.tensor-row.${family} .bars`)));
  return {
    background,
    colours: {
      legends: (await boxes(panel, ".line-swatch")).map(centre),
      "gradient bars": (await boxes(panel, ".flow-bar")).map(centre),
      histograms: firstOfFamilies.flatMap(([box]) => (box ? [mostCommon(box, picture, background)] : [])),
      "heat maps": (await boxes(panel, "[data-testid=heatmap] canvas")).map((box) => strongest(box, picture, background)),
      curves: (await boxes(panel, ".u-over")).map((box) => strongest(box, picture, background)),
    },
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Of the elements that lie within the page. */
function boxes(panel: Panel, selector: string): Promise<Box[]> {
  return panel.page.locator(selector).evaluateAll((elements) =>
    elements.flatMap((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const seen = width > 2 && y > 0 && x > 0 && x + width < innerWidth && y + height <= innerHeight;
      return seen && element.checkVisibility() ? [{ x, y, width, height }] : [];
    }),
  );
}

function pixelsIn({ x, y, width, height }: Box, picture: Picture): Rgb[] {
  const result: Rgb[] = [];
  for (let row = y + 2; row < y + height - 2; row++) for (let column = x + 2; column < x + width - 2; column++) result.push(picture(column, row));
  return result;
}

function mostCommon(box: Box, picture: Picture, background: Rgb): Rgb {
  const counts = new Map<string, { count: number; colour: Rgb }>();
  for (const colour of pixelsIn(box, picture)) {
    if (String(colour) === String(background)) continue;
    const entry = counts.get(String(colour)) ?? { count: 0, colour };
    entry.count++;
    counts.set(String(colour), entry);
  }
  return [...counts.values()].reduce((best, entry) => (entry.count > best.count ? entry : best)).colour;
}

function strongest(box: Box, picture: Picture, background: Rgb): Rgb {
  return pixelsIn(box, picture).reduce((best, colour) => (contrastOf(colour, background) > contrastOf(best, background) ? colour : best));
}

type Picture = (x: number, y: number) => Rgb;

/** A picture of the page, as its pixels: a page without a content policy decodes it. */
async function decoded(panel: Panel): Promise<Picture> {
  const png = (await panel.page.screenshot()).toString("base64");
  const page = await panel.page.context().browser()!.newPage();
  const { width, data } = await page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data: bytes } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = "";
    for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
    return { width: bitmap.width, data: btoa(text) };
  }, png);
  await page.close();
  const bytes = Buffer.from(data, "base64");
  return (x, y) => {
    const at = 4 * (Math.floor(y) * width + Math.floor(x));
    return [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!];
  };
}
