/** A small ResNet in the style of torchvision: a block class that is handed over, layers by a method, weights initialised by kind. */
import { data, log, manualSeed, nn, noGrad, optim, randint, randn, type Tensor } from "kindling";

manualSeed(14);

class BasicBlock extends nn.Module {
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  relu = new nn.ReLU();
  conv2: nn.Conv2d;
  bn2: nn.BatchNorm2d;
  downsample: nn.Sequential | null;

  constructor(inPlanes: number, planes: number, stride = 1, downsample: nn.Sequential | null = null) {
    super();
    this.conv1 = new nn.Conv2d(inPlanes, planes, 3, { stride, padding: 1, bias: false });
    this.bn1 = new nn.BatchNorm2d(planes);
    this.conv2 = new nn.Conv2d(planes, planes, 3, { padding: 1, bias: false });
    this.bn2 = new nn.BatchNorm2d(planes);
    this.downsample = downsample;
  }

  override forward(x: Tensor): Tensor {
    let out = this.relu(this.bn1(this.conv1(x)));
    out = this.bn2(this.conv2(out));
    const identity = this.downsample ? this.downsample(x) : x;
    return this.relu(out.add(identity));
  }
}

class ResNet extends nn.Module {
  inPlanes = 8;
  stem: nn.Sequential;
  layer1: nn.Sequential;
  layer2: nn.Sequential;
  avgpool = new nn.AdaptiveAvgPool2d(1);
  fc: nn.Linear;

  constructor(classes: number) {
    super();
    this.stem = new nn.Sequential(new nn.Conv2d(3, 8, 3, { padding: 1, bias: false }), new nn.BatchNorm2d(8), new nn.ReLU());
    this.layer1 = this.makeLayer(8, 2, 1);
    this.layer2 = this.makeLayer(16, 2, 2);
    this.fc = new nn.Linear(16, classes);
    for (const m of this.modules()) {
      if (m instanceof nn.Conv2d) nn.init.kaimingNormal_(m.weight, { mode: "fan_out", nonlinearity: "relu" });
      else if (m instanceof nn.BatchNorm2d) nn.init.constant_(m.weight!, 1);
    }
  }

  makeLayer(planes: number, blocks: number, stride: number): nn.Sequential {
    let downsample: nn.Sequential | null = null;
    if (stride !== 1 || this.inPlanes !== planes) {
      downsample = new nn.Sequential(new nn.Conv2d(this.inPlanes, planes, 1, { stride, bias: false }), new nn.BatchNorm2d(planes));
    }
    const layers: nn.Module[] = [];
    layers.push(new BasicBlock(this.inPlanes, planes, stride, downsample));
    this.inPlanes = planes;
    for (let i = 1; i < blocks; i++) layers.push(new BasicBlock(this.inPlanes, planes));
    return new nn.Sequential(...layers);
  }

  override forward(x: Tensor): Tensor {
    x = this.layer2(this.layer1(this.stem(x)));
    x = this.avgpool(x).flatten(1);
    return this.fc(x);
  }
}

const net = new ResNet(10);
const trainloader = new data.DataLoader(new data.TensorDataset(randn(48, 3, 8, 8), randint(0, 10, [48])), { batchSize: 16, shuffle: true });
const testloader = new data.DataLoader(new data.TensorDataset(randn(16, 3, 8, 8), randint(0, 10, [16])), { batchSize: 16 });
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true });
const scheduler = new optim.lrScheduler.MultiStepLR(optimizer, { milestones: [1, 2] });

const train = (): void => {
  net.train();
  for (const [inputs, targets] of trainloader) {
    optimizer.zeroGrad();
    const loss = criterion(net(inputs!), targets!);
    loss.backward();
    optimizer.step();
  }
};
const test = (): number => {
  net.eval();
  return noGrad(() => {
    let correct = 0;
    for (const [inputs, targets] of testloader) correct += net(inputs!).argmax(1).eq(targets!).sum().item();
    return correct / 16;
  });
};
for (let epoch = 0; epoch < 2; epoch++) {
  train();
  log({ accuracy: test() });
  scheduler.step();
}
