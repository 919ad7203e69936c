import { nn, randn, type Tensor } from "kindling";

/** A parameter of the arrow stands in what the names are given. */
class Heads extends nn.Module {
  readonly linears = new nn.ModuleList([new nn.Linear(4, 4), new nn.Linear(4, 4)]);

  override forward(x: Tensor): Tensor {
    let [query, key] = [x, x];
    [query, key] = [...this.linears].map((lin, at) => lin([query!, key!][at]!).view(2, 4)) as [Tensor, Tensor];
    return query.matmul(key.t());
  }
}

console.log(new Heads()(randn(2, 4)).shape);
