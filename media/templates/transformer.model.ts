import { data, log, manualSeed, nn, noGrad, optim, randint, randn, type Tensor } from "kindling";

manualSeed(0);

// Ten digits in any order are to come out sorted: each place has to look at all the others.
const [digits, length] = [10, 10];
const sequences = randint(0, digits, [4096, length]);
const [sorted] = sequences.sort();
const [trainSet, testSet] = data.randomSplit(new data.TensorDataset(sequences, sorted), [3584, 512]);
const trainLoader = new data.DataLoader(trainSet, { batchSize: 64, shuffle: true });
const testLoader = new data.DataLoader(testSet, { batchSize: 512 });

class Sorter extends nn.Module {
  digit: nn.Embedding;
  place: nn.Parameter;
  encoder: nn.TransformerEncoder;
  output: nn.Linear;

  constructor(width: number, heads: number, layers: number) {
    super();
    this.digit = new nn.Embedding(digits, width);
    this.place = new nn.Parameter(randn(length, width).mul(0.1));
    const layer = new nn.TransformerEncoderLayer(width, heads, { dimFeedforward: 2 * width, dropout: 0, batchFirst: true });
    this.encoder = new nn.TransformerEncoder(layer, layers);
    this.output = new nn.Linear(width, digits);
  }

  /** @param x digits, `[batch, length]`; out come scores for each place's digit, `[batch, length, digits]` */
  override forward(x: Tensor): Tensor {
    return this.output(this.encoder(this.digit(x).add(this.place)));
  }
}

const model = new Sorter(32, 4, 2);
const lossFn = new nn.CrossEntropyLoss();
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.002 });

for (let epoch = 0; epoch < 10; epoch++) {
  model.train();
  for (const [inputs, targets] of trainLoader) {
    const loss = lossFn(model(inputs).flatten(0, 1), targets.flatten());
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }

  model.eval();
  noGrad(() => {
    for (const [inputs, targets] of testLoader) {
      const right = model(inputs).argmax(2).eq(targets);
      log({ accuracy: right.float().mean() });
      console.log(`Epoch ${epoch + 1}: ${right.all(1).sum().item()} of ${testSet.length} sequences sorted without a mistake`);
    }
  });
}
