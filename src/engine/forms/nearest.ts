/** Which of some names was probably meant. */

/** What NumPy, Keras and PyTorch's own older releases call the same thing. */
const SYNONYMS: Readonly<Record<string, string>> = {
  axis: "dim",
  axes: "dim",
  keepdims: "keepdim",
  learningRate: "lr",
  alpha: "lr",
  rate: "lr",
  units: "outFeatures",
  filters: "outChannels",
  strides: "stride",
  rtol: "rtol",
  l2: "weightDecay",
  seed: "generator",
  inFeatures: "inChannels",
  dropoutRate: "p",
  prob: "p",
  epsilon: "eps",
  x: "input",
  a: "input",
  x1: "input",
  x2: "other",
  y: "other",
  shape: "size",
  sizes: "size",
  dims: "dim",
  value: "fillValue",
  retain_graph: "retainGraph",
};

/** The one of `names` that `wrong` was meant to be, or `null` where none is near. */
export function nearestName(wrong: string, names: readonly string[]): string | null {
  const plain = normal(wrong);
  return misspelledName(wrong, names) ?? names.find((name) => plain.length > 2 && (normal(name).startsWith(plain) || plain.startsWith(normal(name)))) ?? null;
}

/** The one of `names` that `wrong` spells in another way or with a slip; another word with the same beginning isn't. */
export function misspelledName(wrong: string, names: readonly string[]): string | null {
  const plain = normal(wrong);
  const same = names.find((name) => normal(name) === plain);
  if (same !== undefined) return same;
  const synonym = SYNONYMS[wrong];
  if (synonym !== undefined && names.includes(synonym)) return synonym;
  let best: string | null = null;
  let least = Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(plain, normal(name));
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

const normal = (name: string): string => name.replaceAll("_", "").toLowerCase();

/** Letters to change, add, drop or swap. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = least;
    }
  }
  return rows[a.length]![b.length]!;
}
