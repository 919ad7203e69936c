"""Orders of loaders and samplers, and random draws, under one seed."""
from parity import Family, torch

family = Family("data")
f = family


def orders(python, js):
    f.program("torch.manual_seed(3)\nfrom torch.utils.data import TensorDataset, DataLoader, RandomSampler, SubsetRandomSampler, WeightedRandomSampler, BatchSampler, SequentialSampler, random_split, DistributedSampler, IterableDataset, ChainDataset, ConcatDataset, Subset\nd = TensorDataset(torch.arange(11), torch.arange(11) * 2)\n" + python,
              "torch.manualSeed(3);\nconst D = torch.data;\nconst d = new D.TensorDataset(torch.arange(11), torch.arange(11).mul(2));\n" + js)


orders("l = DataLoader(d, batch_size=4, shuffle=True)\nreturn [list(b) for _ in range(2) for b in l] + [torch.rand(1)]",
       "const l = new D.DataLoader(d, { batchSize: 4, shuffle: true });\nreturn [...l, ...l, torch.rand(1)];")
orders("l = DataLoader(d, batch_size=4, drop_last=True)\nreturn [list(b) for b in l] + [len(l), torch.rand(1)]",
       "const l = new D.DataLoader(d, { batchSize: 4, dropLast: true });\nreturn [...l, l.length, torch.rand(1)];")
orders("g = torch.Generator().manual_seed(5)\nl = DataLoader(d, batch_size=3, shuffle=True, generator=g)\nreturn [list(b) for _ in range(2) for b in l] + [torch.rand(1)]",
       "const generator = new torch.Generator().manualSeed(5);\nconst l = new D.DataLoader(d, { batchSize: 3, shuffle: true, generator });\nreturn [...l, ...l, torch.rand(1)];")
orders("return [list(RandomSampler(d)), list(RandomSampler(d, replacement=True, num_samples=40)), list(SubsetRandomSampler([4, 5, 9])), torch.rand(1)]",
       "return [[...new D.RandomSampler(d)], [...new D.RandomSampler(d, { replacement: true, numSamples: 40 })], [...new D.SubsetRandomSampler([4, 5, 9])], torch.rand(1)];")
orders("return [list(WeightedRandomSampler([0.1, 0.5, 2.0, 0.4], 20)), list(WeightedRandomSampler([0.1, 0.5, 2.0, 0.4], 3, replacement=False)), torch.rand(1)]",
       "return [[...new D.WeightedRandomSampler([0.1, 0.5, 2.0, 0.4], 20)], [...new D.WeightedRandomSampler([0.1, 0.5, 2.0, 0.4], 3, { replacement: false })], torch.rand(1)];")
orders("return [list(BatchSampler(SequentialSampler(d), 4, True)), list(BatchSampler(SequentialSampler(d), 4, False))]",
       "return [[...new D.BatchSampler(new D.SequentialSampler(d), 4, true)], [...new D.BatchSampler(new D.SequentialSampler(d), 4, false)]];")
orders("a, b = random_split(d, [7, 4])\nc, e = random_split(d, [0.7, 0.3])\nreturn [[x[0] for x in s] for s in (a, b, c, e)]",
       "const parts = [...D.randomSplit(d, [7, 4]), ...D.randomSplit(d, [0.7, 0.3])];\nreturn parts.map((s) => Array.from({ length: s.length }, (_, i) => s.get(i)[0]));")
orders("return [list(DistributedSampler(d, num_replicas=3, rank=1)), list(DistributedSampler(d, num_replicas=3, rank=2, shuffle=False, drop_last=True))]",
       "return [[...new D.DistributedSampler(d, { numReplicas: 3, rank: 1 })], [...new D.DistributedSampler(d, { numReplicas: 3, rank: 2, shuffle: false, dropLast: true })]];")
orders("class S(IterableDataset):\n    def __iter__(self):\n        return iter([1, 2, 3, 4, 5])\nreturn list(DataLoader(S(), batch_size=2)) + list(DataLoader(ChainDataset([S(), S()]), batch_size=4, drop_last=True)) + [torch.rand(1)]",
       "class S extends D.IterableDataset { *[Symbol.iterator]() { yield* [1, 2, 3, 4, 5]; } }\nreturn [...new D.DataLoader(new S(), { batchSize: 2 }), ...new D.DataLoader(new D.ChainDataset([new S(), new S()]), { batchSize: 4, dropLast: true }), torch.rand(1)];")
orders("return [list(b) for b in DataLoader(d, batch_size=None)][:3]", "return [...new D.DataLoader(d, { batchSize: null })].slice(0, 3);")
orders("return list(DataLoader(ConcatDataset([d, Subset(d, [3, 4])]), batch_size=6))[-1]", "return [...new D.DataLoader(new D.ConcatDataset([d, new D.Subset(d, [3, 4])]), { batchSize: 6 })].at(-1);")

for n in (1, 5, 15, 16, 17, 40):
    f.op("torch.rand", n, seed=1)
    f.op("torch.randn", n, seed=1, atol=1e-5)
    f.op("torch.randperm", n, seed=1)
    f.op("torch.randint", 0, 10, [n], seed=1)
    for name, args in (("exponential_", (1.5,)), ("geometric_", (0.3,)), ("cauchy_", ()), ("log_normal_", (0.1, 0.5)), ("normal_", (1.0, 2.0)), ("uniform_", (-1.0, 3.0)), ("bernoulli_", (0.3,)), ("random_", (10,)), ("random_", (2, 9))):
        f.op(f"Tensor.{name}", f.T(n, grad=False), *args, seed=2, atol=1e-4, rtol=1e-3)
P = f.T(3, 6, low=0.1, high=1, grad=False)
for count, replacement in ((1, False), (4, False), (1, True), (12, True)):
    f.op("torch.multinomial", P, count, replacement, seed=3)
f.op("torch.multinomial", f.V([0.0, 10.0, 3.0, 0.0], grad=False), 2, seed=0)
f.op("torch.bernoulli", P, seed=4)
f.op("torch.bernoulli", P, 0.25, seed=4)
f.error("torch.multinomial", f.V([0.5, -0.1], grad=False), 1)
f.error("torch.multinomial", f.V([0.5, 0.1], grad=False), 3)
