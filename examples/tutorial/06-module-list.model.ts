/** ModuleList, and the plain list that hides parameters. */
import { manualSeed, nn, randn, relu, type Tensor } from "kindling";
import { parameterCount } from "./networks.ts";
import { thousands } from "./printing.ts";

manualSeed(0);

class FlexibleMLP extends nn.Module {
  layers: nn.ModuleList<nn.Linear>;

  constructor(layerSizes: number[]) {
    super();
    this.layers = new nn.ModuleList(
      Array.from({ length: layerSizes.length - 1 }, (_, i) => new nn.Linear(layerSizes[i]!, layerSizes[i + 1]!)),
    );
  }

  override forward(x: Tensor): Tensor {
    for (const layer of this.layers.slice(0, -1)) {
      x = relu(layer(x));
    }
    return this.layers.at(-1)(x);
  }
}

const flex = new FlexibleMLP([20, 64, 32, 3]);
console.log(`ModuleList layers: ${flex.layers.length}`);
console.log(`Parameters found:  ${thousands(parameterCount(flex))}`);

class BrokenMLP extends nn.Module {
  layers: nn.Linear[];

  constructor(layerSizes: number[]) {
    super();
    this.layers = Array.from({ length: layerSizes.length - 1 }, (_, i) => new nn.Linear(layerSizes[i]!, layerSizes[i + 1]!));
  }

  override forward(x: Tensor): Tensor {
    for (const layer of this.layers.slice(0, -1)) {
      x = relu(layer(x));
    }
    return this.layers.at(-1)!(x);
  }
}

const broken = new BrokenMLP([20, 64, 32, 3]);
console.log("\nBroken (plain list):");
console.log(`Layers exist:     ${broken.layers.length}`);
console.log(`Parameters found: ${thousands(parameterCount(broken))}`);

const x = randn(4, 20);
console.log(`${flex(x).sum().item().toFixed(6)} ${broken(x).sum().item().toFixed(6)}`);
console.log(String(flex));
console.log(String(broken));
