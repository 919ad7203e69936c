/** Programs that are made up: a network that trains, one line of which makes NaN or ∞. */
import { randomBelow } from "../fuzz/mutate.ts";

/** Each keeps `[8, 4]`, and what is finite finite. */
const healthy: readonly string[] = [
  "h = h.tanh();",
  "h = h.sigmoid();",
  "h = h.mul(0.5);",
  "h = h.add(0.25);",
  "h = h.sub(h.mean());",
  "h = h.abs().add(1);",
  "h = h.softmax(-1);",
  "h = nn.functional.gelu(h);",
  "h = nn.functional.dropout(h, 0.1);",
  "h = h.t().t();",
  "h = h.reshape([4, 8]).reshape([8, 4]);",
  "h = cat([h.slice(0, 0, 3), h.slice(0, 3, 8)]);",
  "h = h.clone();",
  "h = h.div(h.abs().add(1));",
  "h = h.matmul(ones(4, 4).mul(0.25));",
  "h = where(h.gt(0), h, h.mul(0.1));",
  "h = h.square().add(1).sqrt();",
  "h = h.abs().add(1).log();",
  "h = h.maskedFill(triu(ones(8, 4)).eq(0), -Infinity).softmax(0).add(h);",
  "h = h.cumsum(0).mul(0.1);",
  "h = h.exp().log1p();",
  "h = h.unsqueeze(0).transpose(1, 2).transpose(1, 2).squeeze(0);",
  "h = stack([h, h.neg()]).mean(0).add(h);",
  "h = h.clone().mul_(0.5);",
  "h = einsum('ij,kj->ik', h, ones(4, 4)).mul(0.2);",
  "h = nn.functional.scaledDotProductAttention(h.unsqueeze(0), h.unsqueeze(0), h.unsqueeze(0)).squeeze(0);",
  "h = nn.functional.normalize(h.add(2), { dim: -1 });",
  "h = h.logsumexp(-1, true).sub(h);",
  "h = h.max(-1, true).values.sub(h);",
];

/** Layers by the line that makes each; all keep `[8, 4]`. */
const layers: readonly string[] = [
  "nn.Linear(4, 4)",
  "nn.LayerNorm(4)",
  "nn.BatchNorm1d(4)",
  "nn.Tanh()",
  "nn.GELU()",
  "nn.Sequential(new nn.Linear(4, 6), new nn.SiLU(), new nn.Linear(6, 4))",
  "nn.Dropout(0.2)",
  "nn.Softmax(-1)",
  "nn.PReLU()",
  "nn.Sequential(new nn.Unflatten(1, [1, 4]), new nn.Conv1d(1, 2, 3, { padding: 1 }), new nn.Flatten(), new nn.Linear(8, 4))",
  "nn.Sequential(new nn.Linear(4, 8), new nn.GLU(-1))",
  "nn.GroupNorm(2, 4)",
  "nn.Bilinear(4, 4, 4)",
  "nn.TransformerEncoderLayer(4, 2, 8, { batchFirst: true })",
];

/** What breaks: each of its forms makes NaN or ∞ of anything finite, forward or backward, so that no later line can hide it. */
const breaking: readonly string[] = [
  "h = h.mul(NaN);",
  "h = h.add(NaN);",
  "h = h.abs().neg().sub(1).log();",
  "h = h.mul(0).log();",
  "h = h.abs().neg().sub(1).sqrt();",
  "h = h.mul(0).sqrt();",
  "h = h.div(0);",
  "h = h.mul(0).div(0);",
  "h = h.abs().add(1).div(h.sub(h));",
  "h = h.abs().add(1000).exp();",
  "h = h.abs().neg().sub(1).pow(0.5);",
  "h = h.mul(0).pow(-1);",
  "h = h.mul(0).rsqrt();",
  "h = h.mul(0).add(2).acos();",
  "h = h.mul(0).add(1).asin();",
  "h = h.mul(0).add(1).atanh();",
  "h = h.mul(0).reciprocal();",
  "h = h.mul(Infinity);",
  "h = h.add(Infinity);",
  "h = h.maskedFill(h.ge(h.max()), NaN);",
  "h = h.maskedFill(h.ge(h.max()), Infinity);",
  "h = h.abs().add(1).mul(1e30).mul(1e30);",
  "h = h.mul(1e30).square().add(h.mul(1e30).square());",
  "h = h.maskedFill(h.eq(h), -Infinity).softmax(-1);",
  "h = h.mul(0).norm(2, -1, true).reciprocal().mul(h);",
  "h = h.select(0, 0).reshape([1, 4]).std(0).mul(h);",
  "h = h.clone().mul_(NaN);",
  "h = h.clone().div_(0);",
  "h = h.clone().fill_(NaN).add(h);",
  "h = h.add(tensor(NaN));",
  "h = h.mul(tensor([1, NaN, 1, 1]));",
  "h = h.abs().add(1).mul(tensor(Infinity));",
  "h = h.add(full([8, 4], NaN));",
  "h = where(h.gt(h.mean()), h, NaN);",
  "h = where(h.gt(h.mean()), h, h.mul(0).div(h.mul(0)));",
  "h = cat([h.slice(0, 0, 7), h.slice(0, 7, 8).mul(NaN)]);",
  "h = h.sub(h.mean()).div(h.mul(0).std());",
  "h = h.mul(0).sqrt().sum(-1, true).add(h);",
  "h = h.mul(1e5).exp().sum(-1, true).add(h).log();",
  "h = h.mul(0).logit();",
  "h = h.abs().add(2).mul(1e20).prod(-1, true).mul(h);",
];

export interface BrokenNetwork {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  readonly breaking: string;
}

/** @param seed the same network for the same one; every way to break has its turn */
export function brokenNetwork(seed: number): BrokenNetwork {
  const random = randomBelow(seed + 1);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const some = (): string[] => Array.from({ length: random(5) }, () => pick(healthy));
  const made: string[] = [];
  const blocks = 1 + random(3);
  const broken = random(blocks + 2);
  const breaks = breaking[seed % breaking.length]!;
  const body = (here: boolean): string[] => (here ? [...some(), `${breaks} // here`, ...some()] : some());
  for (let block = 0; block < blocks; block++) {
    const own = Array.from({ length: 1 + random(3) }, () => pick(layers));
    const uses = own.map((layer, i) => (layer.startsWith("nn.Bilinear") ? `h = this.layer${i}(h, h);` : `h = this.layer${i}(h);`));
    const at = random(uses.length + 1);
    const lines = [...uses.slice(0, at), ...body(broken === block), ...uses.slice(at)];
    made.push(
      `class Block${block} extends nn.Module {`,
      "  constructor() {",
      "    super();",
      ...own.map((layer, i) => `    this.layer${i} = new ${layer};`),
      "  }",
      "  forward(h) {",
      ...lines.map((line) => `    ${line}`),
      "    return h;",
      "  }",
      "}",
    );
  }
  const optimizers = [
    "SGD(model.parameters(), { lr: 0.01, momentum: 0.9 })",
    "Adam(model.parameters(), { lr: 0.01 })",
    "RMSprop(model.parameters(), { lr: 0.001 })",
  ];
  const losses = ["h.square().mean()", "nn.functional.mseLoss(h, y)", "h.sub(y).abs().mean()", "nn.functional.smoothL1Loss(h, y)"];
  const from = random(3);
  made.push(
    `const model = new nn.Sequential(new nn.Linear(6, 4), ${Array.from({ length: blocks }, (_, i) => `new Block${i}()`).join(", ")}, new nn.Linear(4, 4));`,
    "const y = randn(8, 4);",
    `const optimizer = new optim.${pick(optimizers)};`,
    "for (let i = 0; i < 4; i++) {",
    "  let h = randn(8, 6);",
    "  optimizer.zeroGrad();",
    "  h = model(h);",
    ...body(broken === blocks).map((line) => `  ${line}`),
    broken === blocks + 1 ? `  if (i >= ${from}) ${breaks} // here` : "",
    `  const loss = ${pick(losses)};`,
    "  loss.backward();",
    "  optimizer.step();",
    "}",
    // ∞ may be hidden by what comes after it, a tanh for example; then there is nothing to find.
    'for (const p of model.parameters()) if (!p.isfinite().all().item()) throw new Error("a parameter is broken");',
  );
  return { text: made.join("\n"), line: made.findIndex((line) => line.includes("// here")) + 1, breaking: breaks };
}
