/** Sequence to sequence: a GRU reads digits, another with attention writes them backwards; teacher forcing fades. */
import { bmm, cat, manualSeed, nn, noGrad, optim, randint, stack, zeros, type Tensor } from "kindling";

manualSeed(21);
const SOS = 0;
const [VOCAB, LENGTH, HIDDEN] = [9, 5, 24] as const;

class Encoder extends nn.Module<[Tensor], [Tensor, Tensor]> {
  embedding = new nn.Embedding(VOCAB, HIDDEN);
  gru = new nn.GRU(HIDDEN, HIDDEN, { batchFirst: true, bidirectional: true });
  bridge = new nn.Linear(2 * HIDDEN, HIDDEN);

  override forward(x: Tensor): [Tensor, Tensor] {
    const [outputs, hidden] = this.gru(this.embedding(x));
    const joined = cat([hidden.select(0, 0), hidden.select(0, 1)], { dim: -1 });
    return [this.bridge(outputs), this.bridge(joined).tanh().unsqueeze(0)];
  }
}

class Attention extends nn.Module<[Tensor, Tensor], [Tensor, Tensor]> {
  Wa = new nn.Linear(HIDDEN, HIDDEN);
  Ua = new nn.Linear(HIDDEN, HIDDEN);
  Va = new nn.Linear(HIDDEN, 1);

  override forward(query: Tensor, keys: Tensor): [Tensor, Tensor] {
    const scores = this.Va(this.Wa(query).add(this.Ua(keys)).tanh())
      .squeeze(2)
      .unsqueeze(1);
    const weights = nn.functional.softmax(scores, -1);
    return [bmm(weights, keys), weights];
  }
}

class Decoder extends nn.Module<[Tensor, Tensor, Tensor | null], { logits: Tensor; attention: Tensor }> {
  embedding = new nn.Embedding(VOCAB, HIDDEN);
  attention = new Attention();
  gru = new nn.GRU(2 * HIDDEN, HIDDEN, { batchFirst: true });
  out = new nn.Linear(HIDDEN, VOCAB);

  override forward(keys: Tensor, hidden: Tensor, target: Tensor | null = null): { logits: Tensor; attention: Tensor } {
    let input = zeros(keys.size(0), 1, { dtype: "int64" }).add(SOS);
    const logits: Tensor[] = [];
    const attentions: Tensor[] = [];
    for (const i of Array(LENGTH).keys()) {
      const [context, weights] = this.attention(hidden.permute(1, 0, 2), keys);
      let output: Tensor;
      [output, hidden] = this.gru(cat([this.embedding(input), context], 2), hidden);
      const scores = this.out(output);
      logits.push(scores);
      attentions.push(weights);
      input = target === null ? scores.argmax(-1).detach() : target.at(null, [i, i + 1]);
    }
    return { logits: cat(logits, 1), attention: stack(attentions, 1) };
  }
}

const encoder = new Encoder();
const decoder = new Decoder();
const parameters = [...encoder.parameters(), ...decoder.parameters()];
const optimizer = new optim.Adam(parameters, { lr: 5e-3 });
const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 10, gamma: 0.5 });
const criterion = new nn.NLLLoss();

const batch = (size: number): [source: Tensor, target: Tensor] => {
  const source = randint(1, VOCAB, [size, LENGTH]);
  return [source, source.flip([1])];
};

let best: { step: number; loss: number } | undefined;
for (let step = 1; step <= 24; step++) {
  const [source, target] = batch(32);
  const forced = step % 3 !== 0;
  const { logits } = decoder(...encoder(source), forced ? target : null);
  const loss = criterion(nn.functional.logSoftmax(logits, -1).view(-1, VOCAB), target.reshape(-1));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  scheduler.step();
  if (!best || loss.item() < best.loss) best = { step, loss: loss.item() };
  switch (true) {
    case step === 1:
      console.log("begin");
      break;
    case step % 8 === 0:
      console.log(`step ${step} (${forced ? "forced" : "free"}): ${loss.item().toFixed(4)}, lr ${scheduler.getLastLr()[0]!.toExponential(1)}`);
      break;
    default:
  }
}
noGrad(() => {
  const [source, target] = batch(50);
  const { logits, attention } = decoder(...encoder(source), null);
  const right = logits.argmax(-1).eq(target).sum({ dim: 1 }).eq(LENGTH).sum().item();
  console.log(`best step ${best?.step ?? -1}; ${right} right; attention ${attention.shape.join("x")} sums to ${attention.sum(-1).mean().item().toFixed(3)}`);
});
