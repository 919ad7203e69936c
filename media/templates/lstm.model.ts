import { log, manualSeed, multinomial, nn, noGrad, optim, randint, stack, tensor, type Tensor } from "kindling";

manualSeed(0);

// Sentences of a small grammar, one after another: what the network is to write.
const subjects = ["the cat", "the old dog", "a small bird", "the child"];
const verbs = ["sees", "finds", "likes", "follows"];
const objects = ["a red ball", "the moon", "a blue boat", "the river"];
const sentences = subjects.flatMap((subject) => verbs.flatMap((verb) => objects.map((object) => `${subject} ${verb} ${object}.`)));
const order = Array.from({ length: 400 }, (_, i) => sentences[(i * 37) % sentences.length]);
const text = order.join(" ");

const alphabet = [...new Set(text)].sort();
const codes = tensor(
  [...text].map((letter) => alphabet.indexOf(letter)),
  { dtype: "int64" },
);

/** Reads letters and says after each of them which comes next. */
class Writer extends nn.Module {
  embedding: nn.Embedding;
  lstm: nn.LSTM;
  output: nn.Linear;

  constructor(letters: number, hidden: number) {
    super();
    this.embedding = new nn.Embedding(letters, 16);
    this.lstm = new nn.LSTM(16, hidden, { batchFirst: true });
    this.output = new nn.Linear(hidden, letters);
  }

  /** @param x codes of letters, `[batch, length]` */
  override forward(x: Tensor): Tensor {
    const [states] = this.lstm(this.embedding(x));
    return this.output(states);
  }
}

const model = new Writer(alphabet.length, 64);
const lossFn = new nn.CrossEntropyLoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.005 });
const [batch, length, steps] = [32, 40, 400];

/** Lets the network write: each letter is drawn from what it thinks comes next. */
function write(beginning: string, letters: number): string {
  let written = beginning;
  model.eval();
  noGrad(() => {
    for (let i = 0; i < letters; i++) {
      const read = [...written].slice(-length).map((letter) => alphabet.indexOf(letter));
      const next = model(tensor([read], { dtype: "int64" })).at(0, -1).softmax(0);
      written += alphabet[multinomial(next, 1).item()];
    }
  });
  model.train();
  return written;
}

for (let step = 0; step < steps; step++) {
  const starts = randint(0, codes.numel() - length - 1, [batch]).tolist() as number[];
  const inputs = stack(starts.map((start) => codes.narrow(0, start, length)));
  const targets = stack(starts.map((start) => codes.narrow(0, start + 1, length)));
  const loss = lossFn(model(inputs).flatten(0, 1), targets.flatten());
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  if (step % 50 === 49) {
    log({ bitsPerLetter: loss.item() / Math.LN2 });
    console.log(`Step ${step + 1}: ${write("the ", 60)}`);
  }
}
