import { nn, optim, randint } from "kindling";
const images = randint(0, 256, [32, 1, 8, 8]).float();
const labels = randint(0, 3, [32]);
const net = new nn.Sequential(new nn.Conv2d(1, 4, 3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(144, 3));
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(images), labels).backward(); // run: pixels-unscaled
  optimizer.step();
}
