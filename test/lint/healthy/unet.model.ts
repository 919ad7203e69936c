/** U-Net for segmentation: an encoder, a decoder, and what leads across. */
import { cat, data, manualSeed, nn, noGrad, optim, rand, type Tensor } from "kindling";

manualSeed(7);

function doubleConv(inChannels: number, outChannels: number): nn.Sequential {
  return new nn.Sequential(
    new nn.Conv2d(inChannels, outChannels, 3, { padding: 1 }),
    new nn.BatchNorm2d(outChannels),
    new nn.ReLU(),
    new nn.Conv2d(outChannels, outChannels, 3, { padding: 1 }),
    new nn.BatchNorm2d(outChannels),
    new nn.ReLU(),
  );
}

class UNet extends nn.Module {
  downs: nn.ModuleList<nn.Sequential>;
  ups: nn.ModuleList<nn.Module>;
  pool = new nn.MaxPool2d(2);
  bottleneck: nn.Sequential;
  finalConv: nn.Conv2d;

  constructor(inChannels: number, outChannels: number, features: number[]) {
    super();
    this.downs = new nn.ModuleList();
    this.ups = new nn.ModuleList();
    for (const feature of features) {
      this.downs.append(doubleConv(inChannels, feature));
      inChannels = feature;
    }
    for (const feature of features.toReversed()) {
      this.ups.append(new nn.ConvTranspose2d(feature * 2, feature, 2, { stride: 2 }));
      this.ups.append(doubleConv(feature * 2, feature));
    }
    this.bottleneck = doubleConv(features.at(-1)!, features.at(-1)! * 2);
    this.finalConv = new nn.Conv2d(features[0]!, outChannels, 1);
  }

  override forward(x: Tensor): Tensor {
    const skips: Tensor[] = [];
    for (const down of this.downs) {
      x = down(x);
      skips.push(x);
      x = this.pool(x);
    }
    x = this.bottleneck(x);
    for (let i = 0; i < this.ups.length; i += 2) {
      x = this.ups.at(i)(x);
      x = this.ups.at(i + 1)(cat([skips.pop()!, x], 1));
    }
    return this.finalConv(x);
  }
}

class ShapesDataset extends data.Dataset<[Tensor, Tensor]> {
  images = rand(40, 1, 8, 8);
  override get length(): number {
    return this.images.length;
  }
  override get(index: number): [Tensor, Tensor] {
    const image = this.images.select(0, index);
    return [image, image.gt(0.5).float()];
  }
}

const [trainSet, valSet] = data.randomSplit(new ShapesDataset(), [32, 8]);
const trainLoader = new data.DataLoader(trainSet!, { batchSize: 8, shuffle: true });
const valLoader = new data.DataLoader(valSet!, { batchSize: 8, shuffle: false });
const model = new UNet(1, 1, [4, 8]);
const lossFn = new nn.BCEWithLogitsLoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });

function checkAccuracy(): number {
  let [correct, pixels] = [0, 0];
  model.eval();
  noGrad(() => {
    for (const [x, y] of valLoader) {
      const predictions = model(x).sigmoid().gt(0.5).float();
      correct += predictions.eq(y).sum().item();
      pixels += predictions.numel();
    }
  });
  model.train();
  return correct / pixels;
}

for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    const predictions = model(x);
    const loss = lossFn(predictions, y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  console.log(checkAccuracy().toFixed(3));
}
