import { brokenNetwork } from "/work/wt/badnumber/test/observe/brokenNetworks.ts";
import { Folder, run } from "/work/wt/badnumber/test/runner/job.ts";
const names = `import { nn, optim, data, autograd, randn, rand, zeros, ones, full, tensor, where, cat, triu, stack, einsum, sqrt, log, noGrad, Tensor } from "kindling";\n`;
const folder = new Folder();
let right = 0, hidden = 0; const wrong: string[] = [];
const [from, to] = process.argv.slice(2).map(Number);
for (let seed = from!; seed < to!; seed++) {
  const { text, line, breaking } = brokenNetwork(seed * 7 + 1000);
  const job = await run(folder.write("net.model.ts", names + text), { sampling: { enabled: seed % 2 === 0, bins: 20, budget: 0.03 } as any });
  const p = job.problems.find(({ code }) => code === "nonFiniteLoss");
  if (!p) hidden++; else if (p.position?.line === line + 1) right++; else wrong.push(`${seed} ${breaking} ${line + 1} ${p.position?.line} ${p.message}`);
}
folder.remove();
console.log({ right, hidden, wrong });
process.exit(0);
