/** Skip connections. */
import { manualSeed, randn } from "kindling";
import { parameterCount, ResNet } from "./networks.ts";
import { size, thousands } from "./printing.ts";

manualSeed(0);
const resnet = new ResNet(20, 64, 3, { nBlocks: 5 });
console.log(`ResNet with 5 blocks: ${thousands(parameterCount(resnet))} params`);

const x = randn(32, 20);
const out = resnet(x);
console.log(`Input: ${size(x)} -> Output: ${size(out)}`);
console.log(`mean=${out.mean().item().toFixed(6)}, std=${out.std().item().toFixed(6)}`);
console.log(String(resnet));
