/** Data in an order, or of a kind, that training isn't to see. */
import assert from "node:assert/strict";
import { holds } from "./programs.ts";

const setUp = `
const model = new nn.Linear(4, 3);
const optimizer = new optim.Adam(model.parameters());
const lossFn = new nn.CrossEntropyLoss();
const labels = tensor(Array.from({ length: 90 }, (_, i) => Math.floor(i / 30)), { dtype: "int64" });
const dataset = new data.TensorDataset(randn(90, 4), labels);
function step(x: Tensor, y: Tensor) {
  optimizer.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
}
`;

describe("Training data in the order of its classes", () => {
  const trained = (loader: string): string => `${setUp}
const trainLoader = ${loader}
for (let epoch = 0; epoch < 3; epoch++) for (const [x, y] of trainLoader) step(x, y);`;

  it("is told where the loader is made", async () => {
    const [said] = await holds(trained("new data.DataLoader(dataset, { batchSize: 10 }); // expect: unshuffled"));
    assert.match(said!.message, /^`trainLoader` hands out its 90 samples as they lie there, sorted by class/);
    assert.match(said!.message, /Give the loader `shuffle: true`\.$/);
  });
  it("isn't said of a shuffled loader, a sampler, one batch for all, or data that is mixed", async () => {
    await holds(trained("new data.DataLoader(dataset, { batchSize: 10, shuffle: true });"));
    await holds(trained("new data.DataLoader(dataset, { batchSize: 10, sampler: new data.RandomSampler(dataset) });"));
    await holds(trained("new data.DataLoader(dataset, { batchSize: 90 });"));
    await holds(trained("new data.DataLoader(new data.TensorDataset(randn(90, 4), randint(0, 3, [90])), { batchSize: 10 });"));
  });
  it("isn't said of a loader that is only evaluated with", () =>
    holds(`${setUp}
const trainLoader = new data.DataLoader(dataset, { batchSize: 10, shuffle: true });
const loader = new data.DataLoader(new data.TensorDataset(randn(90, 4), labels), { batchSize: 10 });
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) step(x, y);
  model.eval();
  noGrad(() => { for (const [x, y] of loader) lossFn(model(x), y); });
}`));
});

describe("Data that is held back", () => {
  it("is told where it is trained with", async () => {
    const [said] = await holds(`${setUp}
const testLoader = new data.DataLoader(dataset, { batchSize: 10, shuffle: true });
for (const [x, y] of testLoader) { // expect: test-set-trained
  optimizer.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
}`);
    assert.match(said!.message, /trained here with what `testLoader` hands out/);
  });

  const both = (train: string, test: string): string => `${setUp}
const trainLoader = new data.DataLoader(${train}, { batchSize: 10, shuffle: true });
const valLoader = new data.DataLoader(${test}, { batchSize: 10 }); // EXPECT
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) step(x, y);
  noGrad(() => { for (const [x, y] of valLoader) lossFn(model(x), y); });
}`;
  const expected = (text: string): string => text.replace("// EXPECT", "// expect: test-set-trained");
  const range = (from: number, to: number): string => `Array.from({ length: ${to - from} }, (_, i) => ${from} + i)`;

  it("is told where it is the training data under another name", async () => {
    const [said] = await holds(expected(both("dataset", "dataset")));
    assert.match(said!.message, /^All samples of `valLoader` are trained with, too/);
  });
  it("is told where some of it is", async () => {
    const [said] = await holds(expected(both(`new data.Subset(dataset, ${range(0, 60)})`, `new data.Subset(dataset, ${range(50, 90)})`)));
    assert.match(said!.message, /^10 of the 40 samples of `valLoader`/);
    await holds(expected(both("dataset", `new data.Subset(dataset, ${range(50, 90)})`)));
    const all = "const [all, classes] = [randn(90, 4), randint(0, 3, [90])];\n";
    const rows = (from: number, length: number): string => `new data.TensorDataset(all.narrow(0, ${from}, ${length}), classes.narrow(0, ${from}, ${length}))`;
    await holds(expected(both(rows(0, 60), rows(59, 31)).replace("const trainLoader", `${all}const trainLoader`)));
    await holds(both(rows(0, 60), rows(60, 30)).replace("const trainLoader", `${all}const trainLoader`));
  });
  it("isn't said of parts that don't overlap", async () => {
    await holds(both(`new data.Subset(dataset, ${range(0, 60)})`, `new data.Subset(dataset, ${range(60, 90)})`));
    await holds(both("parts[0]", "parts[1]").replace("const trainLoader", "const parts = data.randomSplit(dataset, [60, 30]);\nconst trainLoader"));
  });
  it("isn't said of the training data that is looked at once more, or of images that are changed to fool the model", async () => {
    await holds(`${setUp}
const trainLoader = new data.DataLoader(dataset, { batchSize: 10, shuffle: true });
const trainEvalLoader = new data.DataLoader(dataset, { batchSize: 30 });
for (const [x, y] of trainLoader) step(x, y);
noGrad(() => { for (const [x, y] of trainEvalLoader) lossFn(model(x), y); });`);
    await holds(`${setUp}
const trainLoader = new data.DataLoader(dataset, { batchSize: 10, shuffle: true });
for (const [x, y] of trainLoader) step(x, y);
const testLoader = new data.DataLoader(new data.TensorDataset(randn(90, 4), labels), { batchSize: 10 });
for (const [x, y] of testLoader) lossFn(model(x.requiresGrad_(true)), y).backward();`);
  });
});
