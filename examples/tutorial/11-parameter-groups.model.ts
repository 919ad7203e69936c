/** Parameter groups, freezing and unfreezing. */
import { manualSeed, optim, type Tensor } from "kindling";
import { ResNet } from "./networks.ts";
import { thousands } from "./printing.ts";

const count = (parameters: readonly Tensor[]): number => parameters.reduce((sum, p) => sum + p.numel(), 0);

manualSeed(0);
const resnet = new ResNet(20, 64, 3, { nBlocks: 3 });

const optimizer = new optim.AdamW([
  { params: resnet.input_layer.parameters(), lr: 1e-4 },
  { params: resnet.blocks.parameters(), lr: 1e-4 },
  { params: resnet.output_layer.parameters(), lr: 1e-3 },
], { weightDecay: 0.01 });

for (const [i, group] of optimizer.paramGroups.entries()) {
  console.log(`Group ${i}: lr=${group.lr}, params=${thousands(count(group.params))}, weight_decay=${group.weightDecay}`);
}

for (const param of resnet.input_layer.parameters()) {
  param.requiresGrad = false;
}

const trainable = count(resnet.parameters().filter((p) => p.requiresGrad));
const frozen = count(resnet.parameters().filter((p) => !p.requiresGrad));
console.log(`Trainable:  ${thousands(trainable)}`);
console.log(`Frozen:     ${thousands(frozen)}`);
console.log(`Total:      ${thousands(trainable + frozen)}`);

for (const param of resnet.input_layer.parameters()) {
  param.requiresGrad = true;
}
console.log(`\nAfter unfreezing: ${thousands(count(resnet.parameters().filter((p) => p.requiresGrad)))} trainable`);
