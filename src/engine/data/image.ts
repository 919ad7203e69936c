/** Pictures as tensors. */
import type { DecodedPng } from "fast-png";
import { filled } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { whatItSeems } from "../io/fileKinds.ts";
import { nameOf, readFile } from "../io/files.ts";
import { fromTypedArray } from "../ops/creation.ts";
import type { Tensor } from "../tensor.ts";
import { decodeJpeg, jpegFrame } from "./jpeg.ts";
import { decodePng, isPng, pngSize } from "./png.ts";

/** Pixels of a picture at most: a small file can claim any size. */
const MOST_PIXELS = 100_000_000;

/**
 * `"RGB"` makes three channels of any picture (transparency is dropped), `"unchanged"` leaves them.
 * @api data.ImageMode
 */
export type ImageMode = "unchanged" | "RGB";

/**
 * Reads a PNG or JPEG file into a uint8 tensor `[channels, height, width]`, as `torchvision.io.read_image` does: one
 * channel for grey, two for grey with transparency, three for colours, four for colours with transparency. Of 16-bit
 * values the upper 8 bits are kept. A palette's numbers become its colours, for which torchvision has to be asked.
 * @throws KindlingError that names the file where it is damaged, is larger than 100 million pixels, or is no picture
 * @see https://pytorch.org/vision/stable/generated/torchvision.io.read_image.html
 * @api data.readImage
 */
export function readImage(path: string | URL, mode: ImageMode = "unchanged"): Tensor {
  return parseImage(readFile(path), nameOf(path), mode);
}

/** `readImage` from memory. @param name stands for the file in messages */
export function parseImage(bytes: Uint8Array, name: string, mode: ImageMode = "unchanged"): Tensor {
  const { width, height, channels, pixels } = decode(bytes, name);
  const wanted = mode === "RGB" ? 3 : channels;
  const values = new Uint8Array(wanted * width * height);
  for (let channel = 0; channel < wanted; channel++) {
    // Grey is the same in each colour.
    const from = mode === "RGB" && channels < 3 ? 0 : channel;
    for (let i = 0; i < width * height; i++) values[channel * width * height + i] = pixels[i * channels + from]!;
  }
  return fromTypedArray(values, [wanted, height, width]);
}

/** Rows from the top, pixels from the left, channels together. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

function decode(bytes: Uint8Array, name: string): Picture {
  try {
    if (isPng(bytes)) return pngPicture(bytes, name);
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegPicture(bytes, name);
  } catch (error) {
    if (error instanceof KindlingError) throw error;
    throw new KindlingError(`${name} is damaged: the picture can't be read (${(error as Error).message})`);
  }
  throw new KindlingError(`${name} is neither a PNG nor a JPEG picture${whatItSeems(bytes)}`);
}

function pngPicture(bytes: Uint8Array, name: string): Picture {
  const { width, height } = pngSize(bytes, name);
  checkSize(width, height, name);
  const png = decodePng(bytes, name);
  if (png.palette) return { width, height, channels: 3, pixels: paletteColours(png) };
  return { width, height, channels: png.channels, pixels: eightBits(png) };
}

function jpegPicture(bytes: Uint8Array, name: string): Picture {
  const frame = jpegFrame(bytes, name);
  checkSize(frame.width, frame.height, name);
  return { ...frame, ...decodeJpeg(bytes, frame, name) };
}

/** The samples of a picture, unpacked and brought to 8 bits. */
function eightBits({ data, depth, width, height, channels }: DecodedPng): Uint8Array {
  if (depth === 8) return data as Uint8Array;
  if (depth === 16) return filled(new Uint8Array(data.length), (i) => data[i]! >> 8);
  const scale = 255 / (2 ** depth - 1);
  return unpacked(data, depth, width * channels, height).map((value) => value * scale);
}

function paletteColours({ data, depth, width, height, palette }: DecodedPng): Uint8Array {
  const places = depth === 8 ? data : unpacked(data, depth, width, height);
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const colour = palette![places[i]!];
    if (colour === undefined) throw new Error(`colour ${places[i]} is not in the palette`);
    for (let channel = 0; channel < 3; channel++) pixels[i * 3 + channel] = colour[channel]!;
  }
  return pixels;
}

/** Values of 1, 2 or 4 bits; each row begins with a new byte. */
function unpacked(data: ArrayLike<number>, depth: number, perRow: number, rows: number): Uint8Array {
  const rowBytes = Math.ceil((perRow * depth) / 8);
  const values = new Uint8Array(perRow * rows);
  for (let i = 0; i < values.length; i++) {
    const bit = (i % perRow) * depth;
    const byte = data[Math.floor(i / perRow) * rowBytes + (bit >> 3)]!;
    values[i] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  }
  return values;
}

function checkSize(width: number, height: number, name: string): void {
  if (width === 0 || height === 0) throw new KindlingError(`${name} is damaged: a picture of ${width} × ${height} pixels`);
  if (width * height > MOST_PIXELS) throw new KindlingError(`${name}: ${width} × ${height} pixels are too many; at most ${MOST_PIXELS} are read`);
}
