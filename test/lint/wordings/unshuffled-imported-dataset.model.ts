import { data, nn, optim } from "kindling";
import { Points } from "./points.ts";
const dataset = new Points();
const loader = new data.DataLoader(dataset, { batchSize: 10 }); // run: unshuffled
const net = new nn.Linear(4, 2);
const optimizer = new optim.Adam(net.parameters());
for (let epoch = 0; epoch < 3; epoch++) {
  for (const [input, target] of loader) {
    optimizer.zeroGrad();
    nn.functional.crossEntropy(net(input!), target!).backward();
    optimizer.step();
  }
}
