/** Contrastive learning in the style of SimCLR and CLIP: two encoders, a learned temperature, cross entropy over similarities. */
import { arange, data, manualSeed, nn, optim, randn, scalarTensor, type Tensor } from "kindling";
import * as torch from "kindling";

manualSeed(22);
const { Linear, Module, Sequential } = nn;
const F = nn.functional;

class Tower extends Module {
  net: nn.Sequential;
  constructor(inputs: number) {
    super();
    this.net = new Sequential(new Linear(inputs, 24), new torch.nn.GELU(), new Linear(24, 8));
  }
  override forward(x: Tensor): Tensor {
    return F.normalize(this.net(x), { dim: 1 });
  }
}

class Contrastive extends Module<[a: Tensor, b: Tensor]> {
  image = new Tower(16);
  text = new Tower(10);
  logitScale = new nn.Parameter(scalarTensor(Math.log(1 / 0.07)));

  override forward(a: Tensor, b: Tensor): Tensor {
    return this.image(a).matmul(this.text(b).t()).mul(this.logitScale.exp());
  }
}

const model = new Contrastive();
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
const shared = randn(96, 10);
const images = torch.cat([shared, randn(96, 6)], 1);
const loader = new data.DataLoader(new data.TensorDataset(images, shared), { batchSize: 24, shuffle: true });

for (let epoch = 0; epoch < 3; epoch++) {
  for (const [a, b] of loader) {
    const logits = model(a!, b!);
    const labels = arange(logits.shape[0]!);
    const loss = F.crossEntropy(logits, labels).add(F.crossEntropy(logits.t(), labels)).div(2);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}
