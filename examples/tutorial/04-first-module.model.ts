/** Your first custom module. */
import { manualSeed } from "kindling";
import { SimpleClassifier } from "./networks.ts";
import { thousands } from "./printing.ts";

manualSeed(0);
const model = new SimpleClassifier(20, 64, 3);
console.log(String(model));
console.log(`Total parameters: ${thousands(model.parameters().reduce((sum, p) => sum + p.numel(), 0))}`);
