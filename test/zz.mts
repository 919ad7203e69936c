import { readFileSync, globSync } from "node:fs";
import { lint } from "/work/wt/speed/src/lint/lint.ts";
const files = globSync("/work/main/{examples/**/*.model.ts,media/templates/**/*.model.ts,test/lint/**/*.model.ts}").sort();
let text = ""; let i = 0;
for (const f of files) { if (text.split("\n").length > 2000) break; text += readFileSync(f,"utf8").replace(/^import[^;]*;$/gm, (m)=> text==="" ? m : "").replaceAll(/\b(class|const|let|function) (\w+)/g, `$1 $2`) + "\n"; i++; }
console.log(i, "files", text.split("\n").length, "lines");
// each program in a function of its own would be as a person writes; here as a block
const blocks = files.slice(0,i).map(f=>"{\n"+readFileSync(f,"utf8").replace(/^import[\s\S]*?;$/gm,"").replaceAll(/^export /gm,"")+"\n}").join("\n");
const whole = 'import { nn, optim, data, manualSeed, randn, log, noGrad, tensor, save, load } from "kindling";\nconst F = nn.functional;\n'+blocks;
console.log(whole.split("\n").length, "lines");
const times=[]; let n;
for (let k=0;k<60;k++){ const b=performance.now(); n=lint("a.model.ts", whole)?.length; times.push(performance.now()-b);} 
times.splice(0,20); times.sort((a,b)=>a-b); console.log("problems", n, "min", times[0].toFixed(1), "median", times[20].toFixed(1), "max", times.at(-1).toFixed(1));
