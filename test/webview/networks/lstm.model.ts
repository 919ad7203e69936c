/** A network with memory that goes on with a sine wave. */
import { linspace, manualSeed, nn, optim, rand, sin, type Tensor } from "kindling";

manualSeed(0);

class Forecast extends nn.Module {
  memory = new nn.LSTM(1, 32, { numLayers: 2, batchFirst: true });
  output = new nn.Linear(32, 1);

  override forward(wave: Tensor): Tensor {
    const [hidden] = this.memory(wave);
    return this.output(hidden);
  }
}

const model = new Forecast();
const optimizer = new optim.Adam(model.parameters(), { lr: 5e-3 });

for (let step = 0; step < 150; step++) {
  const wave = sin(linspace(0, 12, 41).add(rand(16, 1).mul(6))).unsqueeze(-1);
  const loss = nn.functional.mseLoss(model(wave.slice(1, 0, 40)), wave.slice(1, 1, 41));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
