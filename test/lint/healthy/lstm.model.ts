/** A word language model: hidden state carried from batch to batch, gradients clipped. */
import { manualSeed, nn, noGrad, optim, randint, zeros, type Tensor } from "kindling";

manualSeed(5);
const [vocabulary, hidden, layers] = [20, 32, 2];
type State = [Tensor, Tensor];

class RNNModel extends nn.Module<[input: Tensor, state: State], [output: Tensor, state: State]> {
  drop = new nn.Dropout(0.2);
  encoder = new nn.Embedding(vocabulary, hidden);
  rnn = new nn.LSTM(hidden, hidden, layers, { dropout: 0.2 });
  decoder = new nn.Linear(hidden, vocabulary);

  constructor() {
    super();
    this.initWeights();
  }

  initWeights(): void {
    nn.init.uniform_(this.encoder.weight, -0.1, 0.1);
    nn.init.zeros_(this.decoder.bias!);
  }

  override forward(input: Tensor, state: State): [Tensor, State] {
    const embedded = this.drop(this.encoder(input));
    const [output, next] = this.rnn(embedded, state);
    const decoded = this.decoder(this.drop(output));
    return [decoded.view(-1, vocabulary), next as State];
  }

  initHidden(batch: number): State {
    return [zeros(layers, batch, hidden), zeros(layers, batch, hidden)];
  }
}

const repackage = ([h, c]: State): State => [h.detach(), c.detach()];
const text = randint(0, vocabulary, [200, 8]);
const valText = randint(0, vocabulary, [60, 8]);
const bptt = 10;

function* batches(source: Tensor): Generator<[Tensor, Tensor]> {
  for (let i = 0; i + bptt < source.shape[0]!; i += bptt) yield [source.narrow(0, i, bptt), source.narrow(0, i + 1, bptt).reshape(-1)];
}

const model = new RNNModel();
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer);

function evaluate(): number {
  model.eval();
  let [total, count] = [0, 0];
  let state = model.initHidden(8);
  noGrad(() => {
    for (const [input, target] of batches(valText)) {
      const [output, next] = model(input, state);
      state = repackage(next);
      total += criterion(output, target).item();
      count++;
    }
  });
  return total / count;
}

for (let epoch = 0; epoch < 2; epoch++) {
  model.train();
  let state = model.initHidden(8);
  for (const [input, target] of batches(text)) {
    model.zeroGrad();
    state = repackage(state);
    const [output, next] = model(input, state);
    state = next;
    const loss = criterion(output, target);
    loss.backward();
    nn.utils.clipGradNorm_(model.parameters(), 0.25);
    optimizer.step();
  }
  scheduler.step(evaluate());
}
