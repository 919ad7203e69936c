/** A small GPT: characters of a nursery rhyme, causal self-attention written out. */
import { arange, manualSeed, multinomial, nn, noGrad, ones, optim, randint, stack, tensor, tril, cat, type Tensor } from "kindling";

manualSeed(1337);
const { functional: F } = nn;

const text = "twinkle twinkle little star how i wonder what you are up above the world so high like a diamond in the sky ".repeat(3);
const chars = [...new Set(text.split(""))].sort();
const stoi: Record<string, number> = Object.fromEntries(chars.map((ch, i) => [ch, i]));
const itos = new Map(chars.map((ch, i) => [i, ch]));
const encode = (s: string): number[] => [...s].map((c) => stoi[c]!);
const decode = (codes: number[]): string => codes.map((i) => itos.get(i)!).join("");

class Config {
  blockSize = 16;
  vocabSize: number;
  nLayer = 2;
  nHead = 2;
  nEmbd = 32;
  dropout = 0.1;

  constructor(vocabSize: number) {
    this.vocabSize = vocabSize;
  }

  get headSize(): number {
    return this.nEmbd / this.nHead;
  }
}

class CausalSelfAttention extends nn.Module {
  cAttn: nn.Linear;
  cProj: nn.Linear;
  dropout: nn.Dropout;
  readonly nHead: number;

  constructor(config: Config) {
    super();
    this.nHead = config.nHead;
    this.cAttn = new nn.Linear(config.nEmbd, 3 * config.nEmbd, { bias: false });
    this.cProj = new nn.Linear(config.nEmbd, config.nEmbd);
    this.dropout = new nn.Dropout(config.dropout);
    this.registerBuffer("mask", tril(ones(config.blockSize, config.blockSize)).view(1, 1, config.blockSize, config.blockSize));
  }

  declare mask: Tensor;

  override forward(x: Tensor): Tensor {
    const [B, T, C] = x.shape as [number, number, number];
    let [q, k, v] = this.cAttn(x).split(C, { dim: 2 }) as [Tensor, Tensor, Tensor];
    k = k.view(B, T, this.nHead, C / this.nHead).transpose(1, 2);
    q = q.view(B, T, this.nHead, C / this.nHead).transpose(1, 2);
    v = v.view(B, T, this.nHead, C / this.nHead).transpose(1, 2);
    let att = q.matmul(k.transpose(-2, -1)).mul(1 / Math.sqrt(k.size(-1)));
    att = att.maskedFill(this.mask.at(null, null, [0, T], [0, T]).eq(0), -Infinity);
    att = this.dropout(F.softmax(att, -1));
    const y = att.matmul(v).transpose(1, 2).contiguous().view(B, T, C);
    return this.cProj(y);
  }
}

class Block extends nn.Module {
  ln1: nn.LayerNorm;
  attn: CausalSelfAttention;
  ln2: nn.LayerNorm;
  mlp: nn.Sequential;

  constructor(config: Config) {
    super();
    this.ln1 = new nn.LayerNorm(config.nEmbd);
    this.attn = new CausalSelfAttention(config);
    this.ln2 = new nn.LayerNorm(config.nEmbd);
    this.mlp = new nn.Sequential({
      fc: new nn.Linear(config.nEmbd, 4 * config.nEmbd),
      act: new nn.GELU(),
      proj: new nn.Linear(4 * config.nEmbd, config.nEmbd),
      drop: new nn.Dropout(config.dropout),
    });
  }

  override forward(x: Tensor): Tensor {
    x = x.add(this.attn(this.ln1(x)));
    return x.add(this.mlp(this.ln2(x)));
  }
}

class GPT extends nn.Module<[idx: Tensor, targets?: Tensor | null], [Tensor, Tensor | null]> {
  wte: nn.Embedding;
  wpe: nn.Embedding;
  blocks: nn.ModuleList<Block>;
  lnF: nn.LayerNorm;
  lmHead: nn.Linear;

  constructor(private readonly config: Config) {
    super();
    this.wte = new nn.Embedding(config.vocabSize, config.nEmbd);
    this.wpe = new nn.Embedding(config.blockSize, config.nEmbd);
    this.blocks = new nn.ModuleList(Array.from({ length: config.nLayer }, () => new Block(config)));
    this.lnF = new nn.LayerNorm(config.nEmbd);
    this.lmHead = new nn.Linear(config.nEmbd, config.vocabSize, { bias: false });
    this.wte.weight = this.lmHead.weight; // tied
    this.apply((module) => this.initWeights(module));
  }

  initWeights(module: nn.Module): void {
    if (module instanceof nn.Linear) {
      nn.init.normal_(module.weight, { mean: 0, std: 0.02 });
      if (module.bias !== null) nn.init.zeros_(module.bias);
    } else if (module instanceof nn.Embedding) {
      nn.init.normal_(module.weight, 0, 0.02);
    }
  }

  override forward(idx: Tensor, targets: Tensor | null = null): [Tensor, Tensor | null] {
    const [, t] = idx.shape as [number, number];
    if (t > this.config.blockSize) throw new Error(`Cannot forward sequence of length ${t}, block size is only ${this.config.blockSize}`);
    const pos = arange(0, t);
    let x = this.wte(idx).add(this.wpe(pos));
    for (const block of this.blocks) x = block(x);
    const logits = this.lmHead(this.lnF(x));
    const loss = targets === null ? null : F.crossEntropy(logits.view(-1, logits.size(-1)), targets.view(-1));
    return [logits, loss];
  }

  generate(idx: Tensor, maxNewTokens: number, { temperature = 1.0, topK }: { temperature?: number; topK?: number } = {}): Tensor {
    return noGrad(() => {
      for (let i = 0; i < maxNewTokens; i++) {
        const cond = idx.size(1) <= this.config.blockSize ? idx : idx.at(null, [-this.config.blockSize, null]);
        let [logits] = this(cond);
        logits = logits.at(null, -1).div(temperature);
        if (topK !== undefined) {
          const [v] = logits.topk(Math.min(topK, logits.size(-1)));
          logits = logits.maskedFill(logits.lt(v.at(null, [-1, null])), -Infinity);
        }
        const next = multinomial(F.softmax(logits, -1), 1);
        idx = cat([idx, next], 1);
      }
      return idx;
    });
  }
}

const codes = tensor(encode(text), { dtype: "int64" });
const n = Math.floor(0.9 * codes.length);
const [trainData, valData] = [codes.at([0, n]), codes.at([n, null])];
const config = new Config(chars.length);
console.log(`vocabulary of ${config.vocabSize}, heads of ${config.headSize}`);

function getBatch(split: "train" | "val", batchSize = 8): [Tensor, Tensor] {
  const source = split === "train" ? trainData : valData;
  const ix = randint(0, source.length - config.blockSize, [batchSize]).tolist() as number[];
  const x = stack(ix.map((i) => source.at([i, i + config.blockSize])));
  const y = stack(ix.map((i) => source.at([i + 1, i + 1 + config.blockSize])));
  return [x, y];
}

const model = new GPT(config);
const decay = [...model.namedParameters()].filter(([, p]) => p.dim() >= 2);
const noDecay = [...model.namedParameters()].filter(([, p]) => p.dim() < 2);
console.log(`${decay.length} tensors decay, ${noDecay.length} don't`);
const optimizer = new optim.AdamW(
  [
    { params: decay.map(([, p]) => p), weightDecay: 0.1 },
    { params: noDecay.map(([, p]) => p), weightDecay: 0 },
  ],
  { lr: 3e-3, betas: [0.9, 0.95] },
);

function estimateLoss(): Record<"train" | "val", number> {
  const out = { train: 0, val: 0 };
  model.eval();
  noGrad(() => {
    for (const split of ["train", "val"] as const) {
      const losses: number[] = [];
      for (let k = 0; k < 4; k++) {
        const [x, y] = getBatch(split);
        const [, loss] = model(x, y);
        losses.push(loss!.item());
      }
      out[split] = losses.reduce((a, b) => a + b, 0) / losses.length;
    }
  });
  model.train();
  return out;
}

for (let iter = 0; iter <= 40; iter++) {
  if (iter % 20 === 0) {
    const losses = estimateLoss();
    console.log(`step ${iter}: train loss ${losses.train.toFixed(4)}, val loss ${losses.val.toFixed(4)}`);
  }
  const [xb, yb] = getBatch("train");
  const [, loss] = model(xb, yb);
  optimizer.zeroGrad();
  loss!.backward();
  nn.utils.clipGradNorm_(model.parameters(), 1.0);
  optimizer.step();
}

model.eval();
const written = model.generate(tensor([[0]], { dtype: "int64" }), 20, { temperature: 0.8, topK: 5 });
console.log(decode(written.at(0).tolist() as number[]).length);
