/** A small transformer that learns to count: each token follows from the two before it. */
import { arange, log, manualSeed, nn, optim, randint, type Tensor } from "kindling";

manualSeed(0);

const words = 16;
const length = 24;

class Transformer extends nn.Module {
  tokens = new nn.Embedding(words, 32);
  positions = new nn.Embedding(length, 32);
  encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(32, 4, 64, 0.1, "relu", 1e-5, true), 2);
  head = new nn.Linear(32, words);

  override forward(tokens: Tensor): Tensor {
    return this.head(this.encoder(this.tokens(tokens).add(this.positions(arange(length)))));
  }
}

const model = new Transformer();
const optimizer = new optim.AdamW(model.parameters(), { lr: 2e-3 });
const lossOf = new nn.CrossEntropyLoss();

for (let step = 0; step < 200; step++) {
  const tokens = randint(0, words, [8, length]);
  const next = tokens.add(tokens.roll(1, 1)).remainder(words);
  const guess = model(tokens);
  const loss = lossOf(guess.reshape(-1, words), next.reshape(-1));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  log({ accuracy: guess.argmax(-1).eq(next).float().mean().item() });
}
