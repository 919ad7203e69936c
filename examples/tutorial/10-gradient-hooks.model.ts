/** Backward hooks: what comes back to each layer. */
import { manualSeed, nn, randint, randn } from "kindling";
import { SimpleClassifier } from "./networks.ts";
import { signed } from "./printing.ts";

manualSeed(0);
const gradientStats = new Map<string, Record<"gradMean" | "gradStd" | "gradNorm", number>>();

function gradHook(name: string): nn.BackwardHook {
  return (_module, _gradInput, [gradient]) => {
    if (gradient) {
      gradientStats.set(name, {
        gradMean: gradient.detach().mean().item(),
        gradStd: gradient.detach().std().item(),
        gradNorm: gradient.detach().norm().item(),
      });
    }
  };
}

const model2 = new SimpleClassifier(20, 64, 3);
model2.layer1.registerFullBackwardHook(gradHook("layer1"));
model2.layer2.registerFullBackwardHook(gradHook("layer2"));
model2.output.registerFullBackwardHook(gradHook("output"));

const x = randn(32, 20);
const y = randint(0, 3, [32]);
const loss = new nn.CrossEntropyLoss()(model2(x), y);
loss.backward();

console.log(`Loss: ${loss.item().toFixed(6)}`);
console.log("Gradient statistics per layer:");
for (const [name, stats] of gradientStats) {
  console.log(
    `  ${name.padStart(8)}: grad_mean=${signed(stats.gradMean, 6)}, ` +
      `grad_std=${stats.gradStd.toFixed(8)}, ` +
      `grad_norm=${stats.gradNorm.toFixed(6)}`,
  );
}
