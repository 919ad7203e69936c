/** What nn.Module gives. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load, manualSeed, nn, save } from "kindling";
import { ResNet } from "./networks.ts";

manualSeed(0);
const demo = new ResNet(20, 64, 3);

console.log("parameters():", demo.parameters().reduce((sum, p) => sum + p.numel(), 0));

for (const [n, p] of demo.namedParameters()) {
  console.log(`  ${n}: [${p.shape.join(", ")}]`);
}

demo.to("cpu");

const path = join(mkdtempSync(join(tmpdir(), "demo-")), "demo.pth");
save(demo.stateDict(), path);
console.log(String(demo.loadStateDict(load(path) as nn.StateDict)));

demo.train();
console.log("training:", demo.training ? "True" : "False");
demo.eval();
console.log("training:", demo.training ? "True" : "False");

console.log("\nSub-modules:");
for (const [name, module] of demo.namedModules()) {
  if (name) {
    console.log(`  ${name}: ${module.constructor.name}`);
  }
}
