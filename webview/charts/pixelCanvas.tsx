/** Draws a tensor's values as sharp squares of pixels. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { greyPixels, signedPixels, type Scale } from "./pixels.ts";
import { channels, themeVersion } from "./theme.ts";

export interface Tile {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

interface Props {
  readonly tiles: readonly Tile[];
  /** How many stand in a row. */
  readonly columns: number;
  /** Pixels of the canvas behind and below each tile. */
  readonly gap: number;
  readonly scale: Scale;
  /** Images are grey, or red, green and blue behind each other; all else has a sign. */
  readonly isImage: boolean;
  /** Of the canvas on the page, in CSS pixels for one value. */
  readonly zoom: number;
}

/** One canvas pixel for each value; the style sheet keeps them sharp where they are enlarged. */
export function PixelCanvas({ tiles, columns, gap, scale, isImage, zoom }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = themeVersion.value;
  const [first] = tiles;
  const width = first ? columns * (first.width + gap) : 0;
  const height = first ? Math.ceil(tiles.length / columns) * (first.height + gap) : 0;
  useLayoutEffect(() => {
    const context = canvas.current!.getContext("2d")!;
    context.clearRect(0, 0, width, height);
    const broken = channels("--error");
    const colours = { below: channels("--curve-2"), zero: channels("--background"), above: channels("--curve-1"), broken };
    tiles.forEach(({ values, ...size }, i) => {
      const pixels = isImage ? greyPixels(values, size.width * size.height, scale, broken) : signedPixels(values, scale, colours);
      const left = (i % columns) * (size.width + gap);
      const top = Math.floor(i / columns) * (size.height + gap);
      context.putImageData(new ImageData(pixels, size.width, size.height), left, top);
    });
  }, [tiles, columns, gap, scale.low, scale.high, isImage, theme, width, height]);
  return <canvas ref={canvas} class="pixels" width={width} height={height} style={{ width: `${width * zoom}px`, height: `${height * zoom}px` }} />;
}
