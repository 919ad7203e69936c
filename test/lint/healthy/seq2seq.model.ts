/** Sequence to sequence with attention and teacher forcing; encoder and decoder have an optimizer each. */
import { cat, manualSeed, nn, noGrad, optim, randint, zeros, type Tensor } from "kindling";

manualSeed(13);
const [vocabulary, hidden, length] = [12, 24, 6];

class EncoderRNN extends nn.Module<[input: Tensor], [output: Tensor, hidden: Tensor]> {
  embedding = new nn.Embedding(vocabulary, hidden);
  gru = new nn.GRU(hidden, hidden, { batchFirst: true });
  dropout = new nn.Dropout(0.1);

  override forward(input: Tensor): [Tensor, Tensor] {
    return this.gru(this.dropout(this.embedding(input)));
  }
}

class AttentionDecoder extends nn.Module<[encoded: Tensor, state: Tensor, target?: Tensor]> {
  embedding = new nn.Embedding(vocabulary, hidden);
  attention = new nn.Linear(hidden, hidden);
  gru = new nn.GRU(2 * hidden, hidden, { batchFirst: true });
  out = new nn.Linear(hidden, vocabulary);

  override forward(encoded: Tensor, state: Tensor, target?: Tensor): Tensor {
    let input = zeros([encoded.shape[0]!, 1], { dtype: "int32" });
    const outputs: Tensor[] = [];
    for (let i = 0; i < length; i++) {
      const [logits, next] = this.forwardStep(input, state, encoded);
      outputs.push(logits);
      state = next;
      input = target ? target.narrow(1, i, 1) : logits.argmax(-1).detach();
    }
    return cat(outputs, 1).logSoftmax(-1);
  }

  forwardStep(input: Tensor, state: Tensor, encoded: Tensor): [Tensor, Tensor] {
    const scores = this.attention(state.transpose(0, 1)).bmm(encoded.transpose(1, 2));
    const context = scores.softmax(-1).bmm(encoded);
    const [output, next] = this.gru(cat([this.embedding(input), context], 2), state);
    return [this.out(output), next];
  }
}

const encoder = new EncoderRNN();
const decoder = new AttentionDecoder();
const encoderOptimizer = new optim.Adam(encoder.parameters(), { lr: 2e-3 });
const decoderOptimizer = new optim.Adam(decoder.parameters(), { lr: 2e-3 });
const criterion = new nn.NLLLoss();

for (let step = 0; step < 12; step++) {
  const source = randint(1, vocabulary, [8, length]);
  const target = source.flip([1]);
  encoderOptimizer.zeroGrad();
  decoderOptimizer.zeroGrad();
  const [encoded, state] = encoder(source);
  const logProbabilities = decoder(encoded, state, step % 2 === 0 ? target : undefined);
  const loss = criterion(logProbabilities.view(-1, vocabulary), target.reshape(-1));
  loss.backward();
  encoderOptimizer.step();
  decoderOptimizer.step();
}

encoder.eval();
decoder.eval();
noGrad(() => {
  const [encoded, state] = encoder(randint(1, vocabulary, [1, length]));
  console.log(decoder(encoded, state).argmax(-1).tolist());
});
