/** A character language model: LSTM cells unrolled by hand beside nn.LSTM, temperature sampling. */
import { argmax, cat, data, manualSeed, nn, noGrad, optim, tensor, zeros, type Tensor } from "kindling";

manualSeed(5);
const corpus = `hello world
hello there
well hello`;
const words = corpus
  .split("\n")
  .map((line) => line.trim())
  .filter((line) => line.length > 0);
const vocabulary = Array.from(new Set(corpus.replaceAll("\n", "$"))).toSorted();
const index = new Map<string, number>();
vocabulary.forEach((letter, i) => index.set(letter, i));

interface Sample {
  input: number[];
  target: number[];
}

class Windows extends data.Dataset<[Tensor, Tensor]> {
  readonly #samples: Sample[] = [];

  constructor(lines: readonly string[], width: number) {
    super();
    for (const line of lines) {
      const codes = [...`${line}$`].map((c) => index.get(c)!);
      for (let start = 0; start + width < codes.length; start += 2) {
        this.#samples.push({ input: codes.slice(start, start + width), target: codes.slice(start + 1, start + width + 1) });
      }
    }
  }

  override get length(): number {
    return this.#samples.length;
  }

  override get(i: number): [Tensor, Tensor] {
    const { input, target } = this.#samples[i]!;
    return [tensor(input, { dtype: "int64" }), tensor(target, { dtype: "int64" })];
  }
}

type State = [Tensor, Tensor];

class CharLSTM extends nn.Module<[x: Tensor, state?: State | null], [Tensor, State]> {
  embed: nn.Embedding;
  lstm: nn.LSTM;
  cell: nn.LSTMCell;
  decoder: nn.Linear;

  constructor(size: number, hidden = 24, { layers = 1, dropout = 0 }: { layers?: number; dropout?: number } = {}) {
    super();
    this.embed = new nn.Embedding(size, 12);
    this.lstm = new nn.LSTM(12, hidden, { numLayers: layers, batchFirst: true, dropout });
    this.cell = new nn.LSTMCell(hidden, hidden);
    this.decoder = new nn.Linear(hidden, size);
  }

  override forward(x: Tensor, state: State | null = null): [Tensor, State] {
    const [out, next] = this.lstm(this.embed(x), state);
    let [h, c] = [zeros(x.size(0), this.cell.hiddenSize), zeros(x.size(0), this.cell.hiddenSize)];
    const steps: Tensor[] = [];
    for (let t = 0; t < out.size(1); t++) {
      [h, c] = this.cell(out.at(null, t), [h, c]);
      steps.push(h.unsqueeze(1));
    }
    return [this.decoder(cat(steps, 1)), next];
  }
}

const loader = new data.DataLoader(new Windows(words, 5), { batchSize: 4, shuffle: true, dropLast: true });
const model = new CharLSTM(vocabulary.length, 24, { layers: 1 });
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.RMSprop(model.parameters(), { lr: 0.01, alpha: 0.9 });
const scheduler = new optim.lrScheduler.LambdaLR(optimizer, (epoch) => 0.95 ** epoch);

function perplexity(loss: number): string {
  return Math.exp(loss).toFixed(3).padStart(8, " ");
}

for (let epoch = 0; epoch < 8; epoch++) {
  let [total, batches] = [0, 0];
  for (const [x, y] of loader) {
    const [logits] = model(x);
    const loss = criterion(logits.reshape(-1, vocabulary.length), y.reshape(-1));
    optimizer.zeroGrad();
    loss.backward();
    nn.utils.clipGradValue_(model.parameters(), 0.5);
    optimizer.step();
    total += loss.item();
    batches += 1;
  }
  scheduler.step();
  console.log(`| epoch ${String(epoch).padStart(3, "0")} | loss ${(total / batches).toFixed(4)} | ppl ${perplexity(total / batches)} |`);
}

const generate = (prefix: string, count: number): string => {
  let state: State | null = null;
  let text = prefix;
  let input = tensor([[...prefix].map((c) => index.get(c) ?? 0)], { dtype: "int64" });
  model.eval();
  noGrad(() => {
    while (text.length < prefix.length + count) {
      const [logits, next] = model(input, state);
      state = next;
      const best = argmax(logits.at(0, -1)).item();
      const letter = vocabulary[best]!;
      if (letter === "$") break;
      text += letter;
      input = tensor([[best]], { dtype: "int64" });
    }
  });
  return text;
};
console.log(`"${generate("hel", 6)}" of ${vocabulary.length} letters: ${vocabulary.join("")}`);
