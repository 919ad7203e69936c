/** An LSTM tagger with a vocabulary, padding and masks, beam search, JSON report; optional chains; string methods. */
import { manualSeed, nn, noGrad, optim, tensor, type Tensor } from "kindling";

const enum Tag {
  Other,
  Noun,
  Verb,
}
type Sentence = readonly (readonly [word: string, tag: Tag])[];
const corpus: Sentence[] = [
  [
    ["The", Tag.Other],
    ["dog", Tag.Noun],
    ["barks", Tag.Verb],
  ],
  [
    ["A", Tag.Other],
    ["Cat", Tag.Noun],
    ["sleeps", Tag.Verb],
    ["well", Tag.Other],
  ],
  [
    ["dogs", Tag.Noun],
    ["chase", Tag.Verb],
    ["the", Tag.Other],
    ["cat", Tag.Noun],
  ],
];
class Vocabulary {
  private readonly ids: Record<string, number> = Object.create(null) as Record<string, number>;
  private readonly words: string[] = [];
  constructor(...specials: string[]) {
    specials.forEach((s) => this.add(s));
  }
  add(word: string): number {
    return (this.ids[word] ??= this.words.push(word) - 1);
  }
  id(word: string): number {
    return this.ids[word] ?? this.ids["<unk>"] ?? 0;
  }
  word(id: number): string | undefined {
    return this.words[id];
  }
  get size(): number {
    return this.words.length;
  }
}
const vocabulary = new Vocabulary("<pad>", "<unk>");
for (const sentence of corpus) for (const [word] of sentence) vocabulary.add(word.toLowerCase());
const longest = Math.max(...corpus.map((s) => s.length));
const pad = <T>(values: readonly T[], fill: T, length = longest): T[] => [...values, ...Array<T>(length - values.length).fill(fill)];
const x = tensor(
  corpus.map((s) =>
    pad(
      s.map(([w]) => vocabulary.id(w.toLowerCase())),
      0,
    ),
  ),
).long();
const y = tensor(
  corpus.map((s) =>
    pad(
      s.map(([, t]) => t as number),
      -100,
    ),
  ),
).long();
const lengths = corpus.map(({ length }) => length);
class Tagger extends nn.Module {
  embed: nn.Embedding;
  lstm: nn.LSTM;
  out: nn.Linear;
  constructor(words: number, tags: number, { dim = 8, hidden = 6, layers = 1 } = {}) {
    super();
    this.embed = new nn.Embedding(words, dim, { paddingIdx: 0 });
    this.lstm = new nn.LSTM(dim, hidden, { numLayers: layers, batchFirst: true, bidirectional: true });
    this.out = new nn.Linear(2 * hidden, tags);
  }
  override forward(ids: Tensor): Tensor {
    const [states, [h]] = this.lstm(this.embed(ids));
    if (h.shape[0] !== 2) throw new TypeError("two directions are wanted");
    return this.out(states);
  }
}
manualSeed(17);
const tagger = new Tagger(vocabulary.size, 3, { hidden: 5 });
const optimizer = new optim.Adam(tagger.parameters(), { lr: 0.05 });
const history: { step: number; loss: number; perTag?: Partial<Record<"noun" | "verb", number>> }[] = [];
for (let step = 0; step < 20; step++) {
  const logits = tagger(x);
  const loss = nn.functional.crossEntropy(logits.transpose(1, 2), y, { ignoreIndex: -100 });
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  const guesses = logits.argmax(-1);
  const entry: (typeof history)[number] = { step, loss: loss.item() };
  if (step % 10 === 9) entry.perTag = { noun: guesses.eq(y).logicalAnd(y.eq(Tag.Noun)).sum().item() };
  history.push(entry);
}
for (const { step, loss, perTag } of history.filter((h) => h.perTag !== undefined))
  console.log(step, loss.toFixed(4), perTag?.noun ?? "-", perTag?.verb ?? "n/a");
console.log(
  vocabulary.size,
  vocabulary.word(2),
  vocabulary.word(99) ?? "none",
  vocabulary.id("zebra"),
  lengths.join("+"),
  lengths.reduce((a, b) => a + b),
);
function beam(scores: readonly (readonly number[])[], width = 2): { path: number[]; score: number }[] {
  let beams: { path: number[]; score: number }[] = [{ path: [], score: 0 }];
  for (const row of scores)
    beams = beams
      .flatMap(({ path, score }) => row.map((s, i) => ({ path: [...path, i], score: score + s })))
      .sort((a, b) => b.score - a.score)
      .slice(0, width);
  return beams;
}
tagger.eval();
const logs = noGrad(() => tagger(x.slice(0, 1, 2)).logSoftmax(-1))
  .squeeze(0)
  .tolist<number[][]>();
const names: Record<Tag, string> = { [Tag.Other]: "other", [Tag.Noun]: "noun", [Tag.Verb]: "verb" };
for (const { path, score } of beam(logs)) console.log(path.map((t) => names[t as Tag][0]!.toUpperCase()).join(""), score.toFixed(3));
const text = "  The quick-brown Fox, it's 3.5 years old!  ";
const words = text
  .trim()
  .toLowerCase()
  .replace(/[^a-z0-9.\s'-]/g, "")
  .split(/\s+/);
console.log(
  words.length,
  words[1]!
    .split("-")
    .map((w) => w[0]!.toUpperCase() + w.slice(1))
    .join(""),
  text.includes("Fox"),
  text.indexOf("quick"),
  text.lastIndexOf("o"),
);
console.log(
  "abc".at(-1),
  "a,b,,c".split(",").length,
  "x".repeat(3),
  "abc".charAt(1),
  "Hello".substring(1, 3),
  "Hello".slice(-3),
  "tEST".charCodeAt(0),
  [..."héé"].length,
);
console.log(
  "one two".replace("o", "0"),
  "a-b-c".replaceAll("-", "+"),
  "abc".startsWith("ab"),
  "abc".endsWith("bc", 3),
  "k=v=w".split("=", 2).join("|"),
  "b".localeCompare("a"),
  "  x".trimStart().length,
);
const report = { model: tagger.constructor.name, tags: Object.values(names), ok: true, none: null, nested: { loss: Number(history.at(-1)!.loss.toFixed(2)) } };
console.log(JSON.stringify(report));
