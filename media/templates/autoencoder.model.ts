import { data, log, manualSeed, nn, noGrad, optim, rand, tensor, type Tensor } from "kindling";

manualSeed(0);

const size = 12;

/** Pictures of a soft spot, each at another place and of another width: three numbers are behind every one. */
function spots(count: number): Tensor {
  const pictures = (rand(count, 3).tolist() as number[][]).map(([across = 0, down = 0, width = 0]) => {
    const [cx, cy, radius] = [2 + across * (size - 5), 2 + down * (size - 5), 1 + width];
    const light = (x: number, y: number): number => Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * radius ** 2));
    return [Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => light(x, y)))];
  });
  return tensor(pictures);
}

/** Squeezes a picture into few numbers and draws it again from them. */
class Autoencoder extends nn.Module {
  encoder: nn.Sequential;
  decoder: nn.Sequential;

  constructor(code: number) {
    super();
    this.encoder = new nn.Sequential(
      new nn.Conv2d(1, 8, 3, { stride: 2, padding: 1 }),
      new nn.ReLU(),
      new nn.Conv2d(8, 16, 3, { stride: 2, padding: 1 }),
      new nn.ReLU(),
      new nn.Flatten(),
      new nn.Linear(16 * 3 * 3, code),
    );
    this.decoder = new nn.Sequential(
      new nn.Linear(code, 16 * 3 * 3),
      new nn.ReLU(),
      new nn.Unflatten(1, [16, 3, 3]),
      new nn.ConvTranspose2d(16, 8, 4, { stride: 2, padding: 1 }),
      new nn.ReLU(),
      new nn.ConvTranspose2d(8, 1, 4, { stride: 2, padding: 1 }),
      new nn.Sigmoid(),
    );
  }

  /** @param x pictures, `[batch, 1, 12, 12]` */
  override forward(x: Tensor): Tensor {
    return this.decoder(this.encoder(x));
  }
}

const loader = new data.DataLoader(new data.TensorDataset(spots(2048)), { batchSize: 64, shuffle: true });
const unseen = spots(256);

const model = new Autoencoder(3);
const lossFn = new nn.MSELoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.003 });

/** A picture as text, the brighter the fuller. */
function drawn(picture: Tensor): string[] {
  return (picture.tolist() as number[][]).map((row) => row.map((value) => " .:-=+*#%@"[Math.min(9, Math.floor(value * 10))]!.repeat(2)).join(""));
}

for (let epoch = 0; epoch < 40; epoch++) {
  model.train();
  for (const [pictures] of loader) {
    const loss = lossFn(model(pictures), pictures);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }

  model.eval();
  noGrad(() => log({ "val/error": lossFn(model(unseen), unseen) }));
}

const picture = unseen.at(0, 0);
const again = noGrad(() => model(unseen.at([0, 1])).at(0, 0));
const [before, after] = [drawn(picture), drawn(again)];
console.log("A picture it has never seen, and what its three numbers became:");
console.log(before.map((row, i) => `${row}  |  ${after[i]}`).join("\n"));
