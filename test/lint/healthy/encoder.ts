import { nn, type Tensor } from "kindling";
export class Encoder extends nn.Module {
  layers = new nn.ModuleList([new nn.Linear(4, 8), new nn.Linear(8, 8)]);
  override forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = (layer as nn.Linear)(x).relu();
    return x;
  }
}
