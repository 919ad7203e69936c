// What an editor says of distributions, by the declarations that users get. `npm run typecheck` checks this file against
// dist/types, after a build; it doesn't run.
import { distributions, tensor, type nn, type Tensor } from "kindling";

declare const x: Tensor;
declare const policy: nn.Linear;
const { Normal, Categorical } = distributions;

/** Arguments by position and by name, of classes and of methods. */
export function forms(): unknown[] {
  const prior = new Normal(0, 1);
  const posterior: distributions.Normal = new distributions.Normal({ loc: x, scale: x.exp() });
  const actions = new Categorical({ logits: policy(x) });
  const action = actions.sample();
  const loss: Tensor = actions.logProb(action).mean().neg().add(distributions.klDivergence(posterior, prior).sum());
  const joined = new distributions.Independent(posterior, { reinterpretedBatchNdims: 1 });
  const loc: Tensor = joined.baseDist.loc;
  const larger: distributions.Independent<distributions.Normal> = joined.expand([3, 2]);
  // @ts-expect-error
  new Normal(0, { std: 1 });
  // @ts-expect-error
  new Categorical({ logit: x });
  return [
    loss,
    loc,
    larger,
    actions.sample([2, 3]),
    actions.sample({ sampleShape: [2] }),
    prior.logProb({ value: x }),
    new distributions.Bernoulli({ probs: 0.3, validateArgs: false }),
  ];
}

/** Every one is a `Distribution`. */
export function drawn(from: distributions.Distribution = new distributions.Bernoulli(0.5)): Tensor {
  return from.sample().add(tensor([1]));
}

/** One of the program's own, with a divergence of its own. */
export class Point extends distributions.Distribution {
  override get argConstraints(): Readonly<Record<string, distributions.Constraint>> {
    return {};
  }
  override sample(sampleShape: readonly number[] = []): Tensor {
    return x.expand([...sampleShape, ...this.batchShape]);
  }
  override logProb(value: Tensor): Tensor {
    return value.eq(x).log();
  }
}
distributions.registerKl(Point, Normal)((p, q) => q.logProb(p.sample()).neg());
