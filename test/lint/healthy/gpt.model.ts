/** A small GPT in the style of nanoGPT: causal attention, weight decay by groups, warm-up. */
import { arange, manualSeed, multinomial, nn, noGrad, ones, optim, randint, stack, type Tensor } from "kindling";

manualSeed(6);
const config = { vocabulary: 24, block: 16, width: 32, heads: 4, layers: 2, dropout: 0.1 };

class CausalSelfAttention extends nn.Module {
  qkv = new nn.Linear(config.width, 3 * config.width);
  proj = new nn.Linear(config.width, config.width);
  dropout = new nn.Dropout(config.dropout);

  constructor() {
    super();
    this.registerBuffer("mask", ones(config.block, config.block).tril().view(1, 1, config.block, config.block));
  }

  override forward(x: Tensor): Tensor {
    const [B, T, C] = x.shape as [number, number, number];
    const [q, k, v] = this.qkv(x)
      .split(C, 2)
      .map((one) => one.view(B, T, config.heads, C / config.heads).transpose(1, 2)) as [Tensor, Tensor, Tensor];
    const mask = this.getBuffer("mask").narrow(2, 0, T).narrow(3, 0, T);
    const scores = q
      .matmul(k.transpose(-2, -1))
      .mul(1 / Math.sqrt(C / config.heads))
      .maskedFill(mask.eq(0), -Infinity);
    const weights = this.dropout(scores.softmax(-1));
    return this.proj(weights.matmul(v).transpose(1, 2).reshape(B, T, C));
  }
}

class Block extends nn.Module {
  ln1 = new nn.LayerNorm(config.width);
  attention = new CausalSelfAttention();
  ln2 = new nn.LayerNorm(config.width);
  mlp = new nn.Sequential(
    new nn.Linear(config.width, 4 * config.width),
    new nn.GELU(),
    new nn.Linear(4 * config.width, config.width),
    new nn.Dropout(config.dropout),
  );

  override forward(x: Tensor): Tensor {
    x = x.add(this.attention(this.ln1(x)));
    return x.add(this.mlp(this.ln2(x)));
  }
}

class GPT extends nn.Module<[index: Tensor, targets?: Tensor], [logits: Tensor, loss: Tensor | null]> {
  wte = new nn.Embedding(config.vocabulary, config.width);
  wpe = new nn.Embedding(config.block, config.width);
  blocks = new nn.ModuleList(Array.from({ length: config.layers }, () => new Block()));
  lnF = new nn.LayerNorm(config.width);
  head = new nn.Linear(config.width, config.vocabulary, { bias: false });

  override forward(index: Tensor, targets?: Tensor): [Tensor, Tensor | null] {
    let x = this.wte(index).add(this.wpe(arange(index.shape[1]!)));
    for (const block of this.blocks) x = block(x);
    const logits = this.head(this.lnF(x));
    const loss = targets ? nn.functional.crossEntropy(logits.view(-1, config.vocabulary), targets.view(-1)) : null;
    return [logits, loss];
  }

  generate(index: Tensor, count: number): Tensor {
    return noGrad(() => {
      for (let i = 0; i < count; i++) {
        const [logits] = this(index.narrow(1, Math.max(0, index.shape[1]! - config.block), Math.min(config.block, index.shape[1]!)));
        const probabilities = logits.select(1, -1).softmax(-1);
        index = nn.functional.pad(index, [0, 1]);
        index.select(1, -1).copy_(multinomial(probabilities, 1).squeeze(1));
      }
      return index;
    });
  }
}

const corpus = randint(0, config.vocabulary, [1000]);
function getBatch(): [Tensor, Tensor] {
  const starts = randint(0, 1000 - config.block - 1, [8]).tolist() as number[];
  return [stack(starts.map((i) => corpus.narrow(0, i, config.block))), stack(starts.map((i) => corpus.narrow(0, i + 1, config.block)))];
}

const model = new GPT();
const decay = model.parameters().filter((p) => p.dim() >= 2);
const noDecay = model.parameters().filter((p) => p.dim() < 2);
const optimizer = new optim.AdamW(
  [
    { params: decay, weightDecay: 0.1 },
    { params: noDecay, weightDecay: 0 },
  ],
  { lr: 1e-3 },
);
const scheduler = new optim.lrScheduler.LambdaLR(optimizer, (step) => Math.min(1, (step + 1) / 10));

function estimateLoss(): number {
  model.eval();
  const mean = noGrad(() => {
    let total = 0;
    for (let i = 0; i < 4; i++) {
      const [x, y] = getBatch();
      total += model(x, y)[1]!.item();
    }
    return total / 4;
  });
  model.train();
  return mean;
}

for (let step = 0; step < 20; step++) {
  if (step % 10 === 0) console.log(`step ${step}: ${estimateLoss().toFixed(4)}`);
  const [x, y] = getBatch();
  const [, loss] = model(x, y);
  optimizer.zeroGrad({ setToNone: true });
  loss!.backward();
  nn.utils.clipGradNorm_(model.parameters(), 1);
  optimizer.step();
  scheduler.step();
}
console.log(model.generate(randint(0, config.vocabulary, [1, 1]), 5).shape.join());
