/**
 * From a theme's own colours to series colours that can be seen and told apart: hue and strength stay the theme's, the
 * lightness moves. Pure.
 *
 * Differences are distances in OKLab (Ottosson, 2020), where black and white are 1 apart; colour blindness is simulated
 * after Machado, Oliveira and Fernandes (2009).
 */

/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Graphics need 3 : 1 against their background (WCAG 2.2, 1.4.11); the rest is for rounding. */
const smallestContrast = 3.15;
/** Further apart than this, two neighbours aren't taken for each other. */
const smallestDifference = 0.09;

type Matrix = readonly [Rgb, Rgb, Rgb];

/** What red, green and blue light become to the eyes of most, and of people who lack one kind of cones. */
export const visions: Readonly<Record<string, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/**
 * One colour for each of `wanted`, in that order, the first ones closest to what was wanted: each holds 3 : 1 against the
 * background and differs from all before it as much as it can.
 */
export function seriesColours(wanted: readonly Rgb[], background: Rgb): Rgb[] {
  const chosen: Rgb[] = [];
  for (const colour of wanted) chosen.push(readable(colour, background, chosen));
  return chosen;
}

/** `wanted`, as light or as dark as it must be to be seen on `background` and told from `others`. */
export function readable(wanted: Rgb, background: Rgb, others: readonly Rgb[] = []): Rgb {
  const candidates = shadesOf(wanted).filter((shade) => contrast(shade, background) >= smallestContrast);
  const apart = (shade: Rgb) => Math.min(...others.map((other) => difference(shade, other)));
  return candidates.find((shade) => apart(shade) >= smallestDifference) ?? candidates.reduce((best, shade) => (apart(shade) > apart(best) ? shade : best));
}

/** A colour that lets through what is behind it, as it looks there; `alpha` from 0 to 1. */
export function over(colour: Rgb, alpha: number, background: Rgb): Rgb {
  return mapRgb((i) => background[i]! + (colour[i]! - background[i]!) * alpha);
}

/** From 1 to 21, as WCAG defines it. */
export function contrast(a: Rgb, b: Rgb): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter! + 0.05) / (darker! + 0.05);
}

/** How well two colours can be told apart by those who can do so the least. */
export function difference(a: Rgb, b: Rgb): number {
  return Math.min(...Object.values(visions).map((vision) => distance(seen(a, vision), seen(b, vision))));
}

function distance(a: Rgb, b: Rgb): number {
  const [p, q] = [labFromLinear(a), labFromLinear(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function seen(colour: Rgb, vision: Matrix): Rgb {
  return product(vision, linear(colour));
}

/** The same hue in all lightnesses, closest first. */
function shadesOf(colour: Rgb): Rgb[] {
  const [lightness, a, b] = labFromLinear(linear(colour));
  const levels = [lightness, ...Array.from({ length: 99 }, (_, i) => (i + 1) / 100)];
  levels.sort((x, y) => Math.abs(x - lightness) - Math.abs(y - lightness));
  return levels.map((level) => shade(level, a, b));
}

/** As strong as the screen can show it at this lightness. */
function shade(lightness: number, a: number, b: number): Rgb {
  for (let strength = 1; strength > 0; strength -= 0.05) {
    const light = linearFromLab([lightness, a * strength, b * strength]);
    if (light.every((channel) => channel > -0.002 && channel < 1.002)) return fromLinear(light);
  }
  return fromLinear(linearFromLab([lightness, 0, 0]));
}

function linear(colour: Rgb): Rgb {
  return mapRgb((i) => {
    const share = colour[i]! / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
}

function fromLinear(light: Rgb): Rgb {
  return mapRgb((i) => {
    const share = Math.min(1, Math.max(0, light[i]!));
    return Math.round(255 * (share <= 0.0031308 ? 12.92 * share : 1.055 * share ** (1 / 2.4) - 0.055));
  });
}

const toCones: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const toLab: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];
const fromLab: Matrix = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
];
const fromCones: Matrix = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];

function labFromLinear(light: Rgb): Rgb {
  const cones = product(toCones, light);
  return product(
    toLab,
    mapRgb((i) => Math.cbrt(cones[i]!)),
  );
}

function linearFromLab(lab: Rgb): Rgb {
  const roots = product(fromLab, lab);
  return product(
    fromCones,
    mapRgb((i) => roots[i]! ** 3),
  );
}

function product(matrix: Matrix, vector: Rgb): Rgb {
  return mapRgb((i) => matrix[i]![0] * vector[0] + matrix[i]![1] * vector[1] + matrix[i]![2] * vector[2]);
}

function mapRgb(value: (index: number) => number): Rgb {
  return [value(0), value(1), value(2)];
}
