/** Transfer learning in the style of PyTorch's tutorial: a frozen body, a new head, phases in one loop, the best weights kept. */
import { data, deepcopy, manualSeed, nn, optim, randint, randn, setGradEnabled, type Tensor } from "kindling";

manualSeed(10);

class Backbone extends nn.Module {
  features = new nn.Sequential(new nn.Linear(16, 32), new nn.BatchNorm1d(32), new nn.ReLU(), new nn.Linear(32, 32), new nn.ReLU());
  fc: nn.Module = new nn.Linear(32, 100);

  override forward(x: Tensor): Tensor {
    return this.fc(this.features(x));
  }
}

type Phase = "train" | "val";
const loaders: Record<Phase, Iterable<Tensor[]>> = {
  train: new data.DataLoader(new data.TensorDataset(randn(96, 16), randint(0, 2, [96])), { batchSize: 16, shuffle: true }),
  val: new data.DataLoader(new data.TensorDataset(randn(32, 16), randint(0, 2, [32])), { batchSize: 16 }),
};
const sizes: Record<Phase, number> = { train: 96, val: 32 };

function trainModel(
  model: Backbone,
  criterion: nn.CrossEntropyLoss,
  optimizer: optim.Optimizer,
  scheduler: optim.lrScheduler.StepLR,
  epochs: number,
): Backbone {
  let best = deepcopy(model.stateDict());
  let bestAccuracy = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const phase of ["train", "val"] as const) {
      model.train(phase === "train");
      let [runningLoss, corrects] = [0, 0];
      for (const [inputs, labels] of loaders[phase]) {
        optimizer.zeroGrad();
        setGradEnabled(phase === "train");
        const outputs = model(inputs!);
        const loss = criterion(outputs, labels!);
        if (phase === "train") {
          loss.backward();
          optimizer.step();
        }
        setGradEnabled(true);
        runningLoss += loss.item() * inputs!.shape[0]!;
        corrects += outputs.argmax(1).eq(labels!).sum().item();
      }
      if (phase === "train") scheduler.step();
      const accuracy = corrects / sizes[phase];
      console.log(`${phase}: ${(runningLoss / sizes[phase]).toFixed(4)}, ${accuracy.toFixed(3)}`);
      if (phase === "val" && accuracy > bestAccuracy) {
        bestAccuracy = accuracy;
        best = deepcopy(model.stateDict());
      }
    }
  }
  model.loadStateDict(best);
  return model;
}

const modelConv = new Backbone();
for (const parameter of modelConv.parameters()) parameter.requiresGrad = false;
modelConv.fc = new nn.Linear(32, 2);
const optimizerConv = new optim.SGD((modelConv.fc as nn.Linear).parameters(), { lr: 0.01, momentum: 0.9 });
const scheduler = new optim.lrScheduler.StepLR(optimizerConv, { stepSize: 7, gamma: 0.1 });
trainModel(modelConv, new nn.CrossEntropyLoss(), optimizerConv, scheduler, 2);
