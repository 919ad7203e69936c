/** What users call an operation, from what PyTorch calls its gradient: `AddBackward0` is `add`. */

/** Where the one doesn't follow from the other. */
const others: Readonly<Record<string, string>> = {
  Addmm: "linear",
  Mm: "matmul",
  Bmm: "bmm",
  Convolution: "conv",
  NativeBatchNorm: "batchNorm",
  NativeLayerNorm: "layerNorm",
  MaxPool2DWithIndices: "maxPool2d",
  ConstantPadNd: "pad",
  Log1P: "log1p",
  CopySlices: "copy_",
  Fill: "fill_",
  ScatterView: "scatter",
  RnnTanh: "rnn",
  RnnRelu: "rnn",
};

const names = new Map<string, string>();

/** @param name of the gradient function, or already what users write */
export function operationName(name: string): string {
  let known = names.get(name);
  if (known === undefined) names.set(name, (known = nameOf(name)));
  return known;
}

function nameOf(name: string): string {
  if (name in others) return others[name]!;
  const gradientOf = /^([A-Z]\w*?)Backward\d*$/.exec(name)?.[1];
  if (gradientOf === undefined) return name;
  const linalg = /^Linalg(\w+?)(Ex)?$/.exec(gradientOf)?.[1];
  if (linalg !== undefined) return `linalg.${lower(linalg)}`;
  return others[gradientOf] ?? lower(gradientOf).replace(/(\d)D$/, "$1d");
}

const lower = (name: string): string => name[0]!.toLowerCase() + name.slice(1);

/** Operations that only look at the same values in another way; one that nobody uses further is of no interest. */
const views = new Set([
  "view",
  "permute",
  "transpose",
  "t",
  "expand",
  "slice",
  "select",
  "squeeze",
  "unsqueeze",
  "asStrided",
  "diagonal",
  "unfold",
  "clone",
  "to",
]);

export function isView(name: string): boolean {
  return views.has(name);
}
