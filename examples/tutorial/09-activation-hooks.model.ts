/** Forward hooks: what comes out of each layer. */
import { manualSeed, nn, randn, type Tensor } from "kindling";
import { SimpleClassifier } from "./networks.ts";
import { percent, signed } from "./printing.ts";

manualSeed(0);
const activationStats = new Map<string, Record<"mean" | "std" | "min" | "max" | "deadFrac", number>>();

function makeHook(name: string): nn.ForwardHook {
  return (_module, _input, output) => {
    const values = (output as Tensor).detach();
    activationStats.set(name, {
      mean: values.mean().item(),
      std: values.std().item(),
      min: values.min().item(),
      max: values.max().item(),
      deadFrac: values.eq(0).float().mean().item(),
    });
  };
}

const model = new SimpleClassifier(20, 64, 3);
const handles = [];
handles.push(model.layer1.registerForwardHook(makeHook("layer1")));
handles.push(model.relu.registerForwardHook(makeHook("relu")));
handles.push(model.layer2.registerForwardHook(makeHook("layer2")));
handles.push(model.output.registerForwardHook(makeHook("output")));

const x = randn(32, 20);
model(x);

console.log("Activation statistics per layer:");
for (const [name, stats] of activationStats) {
  console.log(
    `  ${name.padStart(8)}: mean=${signed(stats.mean, 7)}, std=${stats.std.toFixed(6)}, ` +
      `range=[${stats.min.toFixed(6)}, ${stats.max.toFixed(6)}], ` +
      `dead=${percent(stats.deadFrac)}`,
  );
}

for (const h of handles) {
  h.remove();
}

activationStats.clear();
model(x);
console.log(`After removing the hooks: ${activationStats.size}`);
