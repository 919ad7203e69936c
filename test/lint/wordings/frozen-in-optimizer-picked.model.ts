import { data, nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  body = new nn.Linear(4, 8);
  neck = new nn.Linear(8, 8);
  head = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    return this.head(relu(this.neck(relu(this.body(x)))));
  }
}
const net = new Net();
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
net.body.requiresGrad_(false);
net.neck.requiresGrad_(false);
const optimizer = new optim.Adam([...net.neck.parameters(), ...net.head.parameters()]); // run: frozen-in-optimizer
for (const [x, y] of trainLoader) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(x!), y!).backward();
  optimizer.step();
}
