import { cat, data, nn, ones, optim, randn, zeros } from "kindling";
const x = cat([randn(40, 4), randn(40, 4).add(2)]);
const y = cat([zeros(40), ones(40)]).long();
const loader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 10 }); // read: unshuffled
const net = new nn.Linear(4, 2);
const optimizer = new optim.Adam(net.parameters());
const trainEpoch = (): void => {
  for (const [input, target] of loader) {
    optimizer.zeroGrad();
    nn.functional.crossEntropy(net(input!), target!).backward();
    optimizer.step();
  }
};
for (let epoch = 0; epoch < 3; epoch++) trainEpoch();
