/** A vision transformer: patches by a convolution, a class token as a parameter, encoder layers of nn's own. */
import { cat, data, manualSeed, nn, noGrad, optim, randint, randn, zeros, type Tensor } from "kindling";

manualSeed(17);

class ViT extends nn.Module {
  patches: nn.Conv2d;
  clsToken: nn.Parameter;
  positions: nn.Parameter;
  encoder: nn.TransformerEncoder;
  norm: nn.LayerNorm;
  head: nn.Linear;

  constructor(size: number, patch: number, width: number, classes: number) {
    super();
    const count = (size / patch) ** 2;
    this.patches = new nn.Conv2d(1, width, patch, { stride: patch });
    this.clsToken = new nn.Parameter(zeros(1, 1, width));
    this.positions = new nn.Parameter(randn(1, count + 1, width).mul(0.02));
    const layer = new nn.TransformerEncoderLayer(width, 2, { dimFeedforward: 32, dropout: 0.1, batchFirst: true });
    this.encoder = new nn.TransformerEncoder(layer, 2);
    this.norm = new nn.LayerNorm(width);
    this.head = new nn.Linear(width, classes);
  }

  override forward(x: Tensor): Tensor {
    const tokens = this.patches(x).flatten(2).transpose(1, 2);
    const cls = this.clsToken.expand(x.shape[0]!, -1, -1);
    const encoded = this.encoder(cat([cls, tokens], 1).add(this.positions));
    return this.head(this.norm(encoded.select(1, 0)));
  }
}

const model = new ViT(8, 4, 16, 4);
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 1, 8, 8), randint(0, 4, [64])), { batchSize: 16, shuffle: true });
const validLoader = new data.DataLoader(new data.TensorDataset(randn(32, 1, 8, 8), randint(0, 4, [32])), { batchSize: 16 });
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.05 });
const warmup = new optim.lrScheduler.LinearLR(optimizer, { startFactor: 0.1, totalIters: 4 });
const accumulation = 2;

for (let epoch = 0; epoch < 2; epoch++) {
  model.train();
  optimizer.zeroGrad();
  let i = 0;
  for (const [x, y] of trainLoader) {
    const loss = nn.functional.crossEntropy(model(x!), y!).div(accumulation);
    loss.backward();
    if (++i % accumulation === 0) {
      optimizer.step();
      optimizer.zeroGrad();
      warmup.step();
    }
  }
  evaluate();
}

function evaluate(): void {
  using _ = noGrad();
  model.eval();
  let correct = 0;
  for (const [x, y] of validLoader) correct += model(x!).argmax(1).eq(y!).sum().item();
  console.log(correct / 32);
}
