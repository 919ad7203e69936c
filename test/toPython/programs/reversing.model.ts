/** A small transformer that learns to reverse; masks, rotary positions, weight tying, warm-up with a cosine. */
import { arange, cat, full, manualSeed, nn, noGrad, ones, optim, outer, randint, type Tensor } from "kindling";

const PAD = 0,
  BOS = 1;
const SYMBOLS = ["<pad>", "<bos>", ..."abcdef"] as const;
type Batch = { input: Tensor; target: Tensor };

function rotate(x: Tensor): Tensor {
  const [a, b] = x.chunk(2, -1) as [Tensor, Tensor];
  return cat([b.neg(), a], -1);
}
class Attention extends nn.Module<[x: Tensor, mask?: Tensor]> {
  qkv: nn.Linear;
  out: nn.Linear;
  readonly #scale: number;
  constructor(
    readonly dim: number,
    readonly heads: number,
  ) {
    super();
    if (dim % heads !== 0) throw new RangeError(`${dim} isn't divisible by ${heads}`);
    this.qkv = new nn.Linear(dim, 3 * dim, { bias: false });
    this.out = new nn.Linear(dim, dim);
    this.#scale = 1 / Math.sqrt(dim / heads);
  }
  override forward(x: Tensor, mask?: Tensor): Tensor {
    const [n, t, d] = x.shape as [number, number, number];
    const h = this.heads;
    const [q, k, v] = this.qkv(x)
      .view(n, t, 3, h, d / h)
      .permute(2, 0, 3, 1, 4)
      .unbind(0) as [Tensor, Tensor, Tensor];
    const freq = outer(
      arange(t).float(),
      arange(0, d / h, 2)
        .float()
        .mul(-Math.log(100) / (d / h))
        .exp(),
    );
    const angles = cat([freq, freq], -1);
    const turn = (z: Tensor) => z.mul(angles.cos()).add(rotate(z).mul(angles.sin()));
    let scores = turn(q).matmul(turn(k).transpose(-2, -1)).mul(this.#scale);
    if (mask) scores = scores.maskedFill(mask, -Infinity);
    return this.out(scores.softmax(-1).matmul(v).transpose(1, 2).reshape(n, t, d));
  }
}
class Block extends nn.Module<[x: Tensor, mask?: Tensor]> {
  attention: Attention;
  mlp: nn.Sequential;
  norms: nn.ModuleList;
  constructor(dim: number, heads: number) {
    super();
    this.attention = new Attention(dim, heads);
    this.mlp = new nn.Sequential(new nn.Linear(dim, 2 * dim), new nn.GELU(), new nn.Linear(2 * dim, dim));
    this.norms = new nn.ModuleList([new nn.LayerNorm(dim), new nn.LayerNorm(dim)]);
  }
  override forward(x: Tensor, mask?: Tensor): Tensor {
    const [first, second] = [...this.norms];
    x = x.add(this.attention(first!(x), mask));
    return x.add(this.mlp(second!(x)));
  }
}
class Model extends nn.Module {
  embed = new nn.Embedding(SYMBOLS.length, 16, { paddingIdx: PAD });
  blocks: nn.ModuleList<Block>;
  norm = new nn.LayerNorm(16);
  head = new nn.Linear(16, SYMBOLS.length, { bias: false });
  constructor({ depth = 2, heads = 4 } = {}) {
    super();
    this.blocks = new nn.ModuleList(Array.from({ length: depth }, () => new Block(16, heads)));
    this.head.weight = this.embed.weight;
  }
  override forward(ids: Tensor): Tensor {
    const t = ids.shape[1]!;
    const mask = ones(t, t).triu(1).bool();
    let x = this.embed(ids);
    for (const block of this.blocks) x = block(x, mask);
    return this.head(this.norm(x));
  }
}
function sample(n: number, length = 4): Batch {
  const source = randint(2, SYMBOLS.length, [n, length]);
  const all = cat([source, full([n, 1], BOS, { dtype: "int64" }), source.flip(1)], 1);
  return { input: all.slice(1, 0, -1), target: all.slice(1, 1) };
}
manualSeed(3407);
const model = new Model({ heads: 2 });
const { length: count } = [...model.parameters()];
console.log(`${count} tensors, ${[...model.parameters()].map((p) => p.numel()).reduce((a, b) => a + b)} numbers`);
const optimizer = new optim.AdamW(
  [
    { params: [...model.namedParameters()].filter(([, p]) => p.dim() > 1).map(([, p]) => p), weightDecay: 0.1 },
    { params: [...model.namedParameters()].filter(([, p]) => p.dim() <= 1).map(([, p]) => p), weightDecay: 0 },
  ],
  { lr: 0.02, betas: [0.9, 0.95] },
);
const [warm, total] = [4, 16];
const schedule = new optim.lrScheduler.LambdaLR(optimizer, (i) => (i < warm ? (i + 1) / warm : 0.5 * (1 + Math.cos((Math.PI * (i - warm)) / (total - warm)))));
for (let i = 1; i <= total; i++) {
  const { input, target } = sample(16);
  const logits = model(input);
  const loss = nn.functional.crossEntropy(logits.slice(1, 4).flatten(0, 1), target.slice(1, 4).flatten(), { ignoreIndex: PAD });
  optimizer.zeroGrad();
  loss.backward();
  const norm = nn.utils.clipGradNorm_(model.parameters(), 1).item();
  optimizer.step();
  schedule.step();
  if (!(i & 3))
    console.log(`${`${i}`.padStart(2, "0")} loss=${loss.item().toFixed(4)} norm=${norm.toFixed(3)} lr=${schedule.getLastLr()[0]!.toExponential(2)}`);
}
model.eval();
const { input } = sample(1);
const decoded = noGrad(() => model(input).argmax(-1).squeeze(0).tolist<number[]>());
console.log(
  decoded.length,
  decoded.every((i) => SYMBOLS[i] !== undefined),
);
try {
  new Attention(6, 4);
} catch ({ message }: any) {
  console.log(message);
}
