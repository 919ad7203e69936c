/** JPEG pictures: decoded by jpeg-js, with colours brought to full resolution as libjpeg does, so that pixels are torchvision's. */
import jpeg from "jpeg-js";
import { filled } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { ByteReader } from "../io/byteReader.ts";

/** Of the 64-pixel blocks each takes a bit at least. */
const MOST_PIXELS_PER_BYTE = 8 * 64;

/** What the frame header says. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** How many pixels share a colour, across and down; `null` where brightness and colours aren't kept apart in the usual way. */
  readonly sharing: readonly [across: number, down: number] | null;
}

/** Finds the frame header: the decoder itself would make room for the picture before it can be refused. */
export function jpegFrame(bytes: Uint8Array, name: string): JpegFrame {
  const reader: ByteReader = new ByteReader(bytes, name, 2);
  let adobe = false;
  for (;;) {
    if (reader.u8() !== 0xff) continue;
    const marker = reader.u8();
    // Start of frame: C0 to CF without the tables DHT (C4), JPG (C8) and DAC (CC).
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) return frameHeader(reader, adobe);
    // Adobe's own segment (APP14) says how colours are coded.
    adobe ||= marker === 0xee;
    if (marker === 0xff) reader.position--;
    else if (marker !== 0 && !(marker >= 0xd0 && marker <= 0xd9)) reader.take(Math.max(0, reader.u16(false) - 2));
  }
}

function frameHeader(reader: ByteReader, adobe: boolean): JpegFrame {
  reader.take(3);
  const [height, width, components] = [reader.u16(false), reader.u16(false), reader.u8()];
  const factors = Array.from({ length: components }, () => {
    const [, sampling] = reader.take(3);
    return [sampling! >> 4, sampling! & 15] as const;
  });
  const [brightness, ...colours] = factors;
  const usual = !adobe && components === 3 && colours.every(([across, down]) => across === 1 && down === 1);
  return { width, height, components, sharing: usual ? brightness! : null };
}

/** The pixels, row by row, channels together: one channel for grey, else red, green, blue. */
export function decodeJpeg(bytes: Uint8Array, frame: JpegFrame, name: string): { channels: number; pixels: Uint8Array } {
  const { width, height, components, sharing } = frame;
  if (width * height > bytes.length * MOST_PIXELS_PER_BYTE) {
    throw new KindlingError(`${name}: ${bytes.length} bytes can't hold ${width} × ${height} pixels`);
  }
  const smooth = sharing !== null && sharing[0] === 2 && sharing[1] <= 2;
  const { data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    maxResolutionInMP: 100,
    maxMemoryUsageInMB: 2048,
    ...(smooth && { colorTransform: false }),
  });
  if (components === 1) return { channels: 1, pixels: filled(new Uint8Array(width * height), (i) => data[i * 3]!) };
  if (smooth) smoothColours(data, width, height, sharing[1]);
  return { channels: 3, pixels: data };
}

/**
 * Turns brightness and two colour differences, each of which `2 × down` pixels share, into red, green and blue in place.
 * The differences are interpolated between their places, libjpeg's "fancy upsampling" (jdsample.c), in its integers.
 */
function smoothColours(data: Uint8Array, width: number, height: number, down: number): void {
  const blue = interpolated(data, 1, width, height, down);
  const red = interpolated(data, 2, width, height, down);
  const out = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < width * height; i++) {
    const brightness = data[i * 3]!;
    const [cb, cr] = [blue[i]! - 128, red[i]! - 128];
    // libjpeg's fixed-point forms of 1.402, 0.34414, 0.71414 and 1.772 (jdcolor.c).
    out[i * 3] = brightness + ((91881 * cr + 32768) >> 16);
    out[i * 3 + 1] = brightness + ((-22554 * cb - 46802 * cr + 32768) >> 16);
    out[i * 3 + 2] = brightness + ((116130 * cb + 32768) >> 16);
  }
}

/** One channel, of which every second pixel across (and every second row, if `down` is 2) is a sample: 3 parts the nearer, 1 the farther. */
function interpolated(data: Uint8Array, channel: number, width: number, height: number, down: number): Uint8Array {
  const columns = Math.ceil(width / 2);
  const rows = Math.ceil(height / down);
  const sample = (row: number, column: number): number => data[(row * down * width + column * 2) * 3 + channel]!;
  const out = new Uint8Array(width * height);
  const line = new Int32Array(columns);
  const shift = down === 2 ? 4 : 2;
  for (let y = 0; y < height; y++) {
    const near = Math.floor(y / down);
    const far = Math.min(rows - 1, Math.max(0, near + (y % 2 === 0 ? -1 : 1)));
    for (let i = 0; i < columns; i++) line[i] = down === 2 ? 3 * sample(near, i) + sample(far, i) : sample(near, i);
    for (let x = 0; x < width; x++) {
      const i = x >> 1;
      const beside = Math.min(columns - 1, Math.max(0, i + (x % 2 === 0 ? -1 : 1)));
      // Rounding alternates so that it favours neither side.
      const rounding = down === 2 ? (x % 2 === 0 ? 8 : 7) : x % 2 === 0 ? 1 : 2;
      out[y * width + x] = (3 * line[i]! + line[beside]! + rounding) >> shift;
    }
  }
  return out;
}
