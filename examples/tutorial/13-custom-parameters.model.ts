/** Parameters of one's own with nn.Parameter. */
import { manualSeed, nn, ones, zeros, type Tensor } from "kindling";

manualSeed(0);

class ScaledDotProduct extends nn.Module {
  scale: nn.Parameter;
  bias: nn.Parameter;
  linear: nn.Linear;

  constructor(dim: number) {
    super();
    this.scale = new nn.Parameter(ones(dim));
    this.bias = new nn.Parameter(zeros(dim));
    this.linear = new nn.Linear(dim, dim);
  }

  override forward(x: Tensor): Tensor {
    return this.linear(x).mul(this.scale).add(this.bias);
  }
}

const sdp = new ScaledDotProduct(32);
console.log("Named parameters:");
for (const [name, param] of sdp.namedParameters()) {
  console.log(`  ${name}: shape=[${param.shape.join(", ")}]`);
}
console.log(sdp(ones(2, 32)).sum().item().toFixed(6));
