/** A small denoising diffusion model; its schedule is a class that computes lazily. */
import { cat, linspace, manualSeed, nn, noGrad, ones, optim, randint, randn, tensor, type Tensor } from "kindling";

class Schedule {
  #cache: { alphas: Tensor; bars: Tensor } | undefined;
  private constructor(
    readonly steps: number,
    private readonly make: (n: number) => Tensor,
  ) {}
  static linear(steps: number, { from = 1e-3, to = 0.2 } = {}): Schedule {
    return new Schedule(steps, (n) => linspace(from, to, n));
  }
  static cosine(steps: number): Schedule {
    const f = (t: number): number => Math.cos(((t / steps + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
    return new Schedule(steps, (n) => tensor(Array.from({ length: n }, (_, t) => Math.min(0.999, 1 - f(t + 1) / f(t)))));
  }
  get parts(): { alphas: Tensor; bars: Tensor } {
    return (this.#cache ??= this.#compute());
  }
  #compute(): { alphas: Tensor; bars: Tensor } {
    const alphas = this.make(this.steps).neg().add(1);
    return { alphas, bars: alphas.cumprod(0) };
  }
  noise(x: Tensor, t: Tensor, e: Tensor): Tensor {
    const bar = this.parts.bars.indexSelect(0, t).unsqueeze(1);
    return x.mul(bar.sqrt()).add(e.mul(bar.neg().add(1).sqrt()));
  }
}
class Denoiser extends nn.Module<[x: Tensor, t: Tensor]> {
  time: nn.Embedding;
  body: nn.Sequential;
  constructor(steps: number, width = 24) {
    super();
    this.time = new nn.Embedding(steps, 8);
    this.body = new nn.Sequential(new nn.Linear(2 + 8, width), new nn.SiLU(), new nn.Linear(width, width), new nn.SiLU(), new nn.Linear(width, 2));
  }
  override forward(x: Tensor, t: Tensor): Tensor {
    return this.body(cat([x, this.time(t)], 1));
  }
}
manualSeed(4);
for (const [name, schedule] of Object.entries({ linear: Schedule.linear(10, { to: 0.3 }), cosine: Schedule.cosine(10) })) {
  const { alphas, bars } = schedule.parts;
  const model = new Denoiser(schedule.steps);
  const optimizer = new optim.AdamW(model.parameters(), { lr: 5e-3 });
  const curve: number[] = [];
  for (let i = 0; i < 12; i++) {
    const x = cat([randn(16, 2).mul(0.1).add(1), randn(16, 2).mul(0.1).sub(1)]);
    const t = randint(0, schedule.steps, [32]);
    const e = randn(32, 2);
    const loss = nn.functional.l1Loss(model(schedule.noise(x, t, e), t), e);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    curve.push(loss.item());
  }
  const sample = noGrad(() => {
    let x = randn(8, 2);
    for (let t = schedule.steps - 1; t >= 0; t--) {
      const [a, bar] = [alphas, bars].map((values) => values.at(t).item()) as [number, number];
      const e = model(x, ones(8).mul(t).long());
      x = x.sub(e.mul((1 - a) / Math.sqrt(1 - bar))).div(Math.sqrt(a));
      if (t > 0) x = x.add(randn(8, 2).mul(Math.sqrt(1 - a)));
    }
    return x;
  });
  console.log(
    `${name}: ${curve
      .map((c) => c.toFixed(3))
      .filter((_, i) => i % 4 === 3)
      .join(" → ")}; std ${sample.std().item().toFixed(3)}, ᾱ ${bars.at(-1).item().toFixed(4)}`,
  );
}
