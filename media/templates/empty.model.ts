import { nn, type Tensor } from "kindling";

export class Net extends nn.Module {
  layer: nn.Linear;

  constructor() {
    super();
    this.layer = new nn.Linear(8, 2);
  }

  override forward(x: Tensor): Tensor {
    return this.layer(x);
  }
}

const model = new Net();
console.log(String(model));
