import { data, nn, optim, randint, randn, type Tensor } from "kindling";
const F = nn.functional;
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(16, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const { crossEntropy, softmax } = F;
const optimizer = new optim.Adam(model.parameters());
function trainStep(x: Tensor, y: Tensor): void {
  const probabilities = softmax(model(x), 1); // read: softmax-before-cross-entropy
  optimizer.zeroGrad();
  crossEntropy(probabilities, y).backward();
  optimizer.step();
}
for (const [x, y] of trainLoader) trainStep(x!, y!);
