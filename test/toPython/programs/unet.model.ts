/** U-Net: blobs found in noise, skips by concatenation, Dice beside cross entropy. */
import { cat, manualSeed, nn, noGrad, optim, rand, randn, zeros, type Tensor } from "kindling";

manualSeed(3);

const doubleConv = (inChannels: number, outChannels: number): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv2d(inChannels, outChannels, 3, { padding: 1 }),
    new nn.BatchNorm2d(outChannels),
    new nn.ReLU({ inplace: true }),
    new nn.Conv2d(outChannels, outChannels, 3, { padding: 1 }),
    new nn.ReLU({ inplace: true }),
  );

class UNet extends nn.Module {
  downs = new nn.ModuleList();
  ups = new nn.ModuleList();
  pool = new nn.MaxPool2d({ kernelSize: 2, stride: 2 });
  bottleneck: nn.Sequential;
  finalConv: nn.Conv2d;

  constructor(inChannels = 1, outChannels = 1, features = [4, 8]) {
    super();
    for (const feature of features) {
      this.downs.append(doubleConv(inChannels, feature));
      inChannels = feature;
    }
    for (const feature of [...features].reverse()) {
      this.ups.append(new nn.ConvTranspose2d(feature * 2, feature, { kernelSize: 2, stride: 2 }));
      this.ups.append(doubleConv(feature * 2, feature));
    }
    this.bottleneck = doubleConv(features.at(-1)!, features.at(-1)! * 2);
    this.finalConv = new nn.Conv2d(features[0]!, outChannels, { kernelSize: 1 });
  }

  override forward(x: Tensor): Tensor {
    const skips: Tensor[] = [];
    for (const down of this.downs) {
      x = down(x);
      skips.push(x);
      x = this.pool(x);
    }
    x = this.bottleneck(x);
    skips.reverse();
    for (let i = 0; i < this.ups.length; i += 2) {
      x = this.ups.at(i)(x);
      const skip = skips[i / 2]!;
      if (x.shape.join() !== skip.shape.join()) {
        x = nn.functional.interpolate(x, { size: skip.shape.slice(2) });
      }
      x = this.ups.at(i + 1)(cat([skip, x], 1));
    }
    return this.finalConv(x);
  }
}

/** 1 − Dice of what is found and what is there. */
class DiceLoss extends nn.Module<[Tensor, Tensor]> {
  constructor(private readonly smooth = 1) {
    super();
  }

  override forward(logits: Tensor, target: Tensor): Tensor {
    const probs = logits.sigmoid();
    const intersection = probs.mul(target).sum([1, 2, 3]);
    const total = probs.sum([1, 2, 3]).add(target.sum([1, 2, 3]));
    return intersection.mul(2).add(this.smooth).div(total.add(this.smooth)).mean().neg().add(1);
  }
}

function makeBatch(count: number, size = 16): { images: Tensor; masks: Tensor } {
  const masks = zeros(count, 1, size, size);
  for (let i = 0; i < count; i++) {
    const [top, left] = [2 + ((i * 3) % 8), 1 + ((i * 5) % 9)];
    masks.at(i, 0, [top, top + 4], [left, left + 5]).fill_(1);
  }
  const images = masks.add(randn(count, 1, size, size).mul(0.5));
  return { images, masks };
}

const model = new UNet();
const dice = new DiceLoss();
const bce = new nn.BCEWithLogitsLoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer, { mode: "min", factor: 0.5, patience: 1 });

for (let step = 1; step <= 8; ++step) {
  const { images, masks } = makeBatch(6);
  const output = model(images);
  const loss = bce(output, masks).add(dice(output, masks));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  scheduler.step(loss);
  const iou = noGrad(() => {
    const found = output.sigmoid().gt(0.5);
    const there = masks.gt(0.5);
    return found.logicalAnd(there).sum().item() / found.logicalOr(there).sum().item();
  });
  console.log(`step ${step} loss ${loss.item().toFixed(4)} IoU ${iou.toFixed(3)} lr ${optimizer.paramGroups[0]!.lr}`);
}
console.log(
  `noise: ${model(rand(1, 1, 16, 16))
    .mean()
    .item()
    .toFixed(4)}`,
);
