"""Shapes, places and new tensors in every form: by position, by name, in one object, one by one."""
from parity import Family

family = Family("places")
f = family


def same(python, *forms):
    """The same result of each way in which it can be written."""
    for form in forms:
        f.program(f"x = torch.arange(12.0).view(3, 4)\nreturn [{python}]", f"const x = torch.arange(12).float().view(3, 4);\nreturn [{form}].flat();", note=form)


def refused(words, *forms):
    for form in forms:
        f.program("raise TypeError()", f"const x = torch.arange(12).float().view(3, 4);\nreturn [{form}];", fails=True, words=words, note=form)


same("x.reshape(2, 6)", "x.reshape(2, 6)", "x.reshape([2, 6])", "x.reshape({ shape: [2, 6] })", "torch.reshape(x, 2, -1)", "torch.reshape({ input: x, shape: [2, 6] })")
same("x.permute(1, 0)", "x.permute(1, 0)", "x.permute({ dims: [1, 0] })", "torch.permute(x, [1, 0])")
same("x.repeat(2, 1)", "x.repeat(2, 1)", "x.repeat({ repeats: [2, 1] })")
same("x.unsqueeze(0).squeeze(0)", "x.unsqueeze({ dim: 0 }).squeeze({ dim: 0 })", "x.unsqueeze(0).squeeze([0, 1])")
same("x.transpose(0, 1)", "x.transpose({ dim0: 0, dim1: 1 })", "x.transpose(0, { dim1: 1 })", "x.swapaxes({ axis0: 0, axis1: 1 })")
same("x.roll(1, 0)", "x.roll({ shifts: 1, dims: 0 })", "x.roll(1, { dims: 0 })", "torch.roll(x, [1], [0])")
same("x.flip(0, 1)", "x.flip(0, 1)", "x.flip([0, 1])", "torch.flip({ input: x, dims: [0, 1] })")
same("x.narrow(0, torch.tensor(1), 2)", "x.narrow(0, torch.tensor(1), 2)", "x.narrow({ dim: 0, start: 1, length: 2 })")
same("x.diagonal(1)", "x.diagonal({ offset: 1 })", "x.diagonal(1, 0, 1)", "x.diagonal(1, { dim1: 0 })")
same("torch.repeat_interleave(x, 2, dim=1)", "x.repeatInterleave(2, 1)", "torch.repeatInterleave(x, 2, { dim: 1, outputSize: 8 })", "torch.repeatInterleave(x, { repeats: 2, dim: 1 })")
same("torch.repeat_interleave(torch.tensor([1, 2]))", "torch.repeatInterleave(torch.tensor([1, 2]))", "torch.repeatInterleave({ repeats: torch.tensor([1, 2]) })")
same("*torch.split(x, [1, 3], 1)", "torch.split(x, [1, 3], 1)", "torch.split(x, { splitSizeOrSections: [1, 3], dim: 1 })", "x.split({ splitSize: [1, 3], dim: 1 })", "x.splitWithSizes([1, 3], 1)")
same("*torch.tensor_split(x, torch.tensor([1, 2]), 1)", "torch.tensorSplit(x, torch.tensor([1, 2]), 1)", "x.tensorSplit({ indices: [1, 2], dim: 1 })", "x.hsplit(1, 2)", "torch.hsplit(x, [1, 2])")
same("*torch.meshgrid(x[0], x[1], indexing='xy')", "torch.meshgrid(x.select(0, 0), x.select(0, 1), { indexing: 'xy' })", "torch.meshgrid([x.select(0, 0), x.select(0, 1)], { indexing: 'xy' })")
same("*torch.atleast_2d(x[0], x)", "torch.atleast2d(x.select(0, 0), x)", "torch.atleast2d([x.select(0, 0), x])")
same("torch.combinations(x[0], 2, True)", "torch.combinations(x.select(0, 0), 2, true)", "torch.combinations(x.select(0, 0), { withReplacement: true })")
same("torch.combinations(x[0], 0)", "torch.combinations(x.select(0, 0), 0)")
same("torch.nn.functional.pad(x, (1, 0), value=2.0)", "torch.nn.functional.pad(x, [1, 0], 'constant', 2)", "torch.nn.functional.pad(x, [1, 0], { value: 2 })", "torch.nn.functional.pad(x, { pad: [1, 0], mode: 'constant', value: 2 })")
same("x.sum_to_size(1, 4)", "x.sumToSize(1, 4)", "x.sumToSize([1, 4])")
same("x[..., 0]", "x.at('...', 0)")

same("torch.arange(0, 1, 0.25)", "torch.arange(0, 1, 0.25)", "torch.arange(0, 1, { step: 0.25 })", "torch.arange({ start: 0, end: 1, step: 0.25 })")
same("torch.arange(3)", "torch.arange(3)", "torch.arange({ end: 3 })")
same("torch.linspace(0, 1, 5)", "torch.linspace(0, 1, 5)", "torch.linspace(0, 1, { steps: 5 })", "torch.linspace({ start: 0, end: 1, steps: 5 })")
same("torch.full((2, 3), 1.5)", "torch.full([2, 3], 1.5)", "torch.full([2, 3], { fillValue: 1.5 })", "torch.full({ size: [2, 3], fillValue: 1.5 })")
same("torch.eye(2, 3)", "torch.eye(2, 3)", "torch.eye(2, { m: 3 })")
same("torch.zeros(2, 3)", "torch.zeros(2, 3)", "torch.zeros([2, 3])", "torch.zeros({ size: [2, 3] })", "torch.zeros(2, 3, { dtype: null })", "x.newZeros(2, 3)", "x.newZeros({ size: [2, 3] })")
same("torch.tensor([1, 2], dtype=torch.int32)", "torch.tensor([1, 2], { dtype: 'int32' })", "torch.tensor({ data: [1, 2], dtype: 'int64' })")
same("torch.manual_seed(1) and torch.randint(3, 9, (4,))", "torch.manualSeed(1) && torch.randint(3, 9, [4])", "torch.manualSeed({ seed: 1 }) && torch.randint({ low: 3, high: 9, size: [4] })")
same("torch.manual_seed(1) and torch.randint(9, (4,))", "torch.manualSeed(1) && torch.randint(9, [4])", "torch.manualSeed(1) && torch.randint(9, { size: [4] })")
same("torch.manual_seed(1) and torch.normal(2.0, 3.0, (4,))", "torch.manualSeed(1) && torch.normal(2, 3, [4])", "torch.manualSeed(1) && torch.normal({ mean: 2, std: 3, size: [4] })")
same("torch.manual_seed(1) and torch.normal(torch.arange(4.0), torch.tensor([0.5, 1.0, 2.0, 0.0]))", "torch.manualSeed(1) && torch.normal(torch.arange(4).float(), torch.tensor([0.5, 1, 2, 0]))")
same("torch.manual_seed(1) and torch.normal(torch.arange(4.0), 2.0)", "torch.manualSeed(1) && torch.normal(torch.arange(4).float(), 2)", "torch.manualSeed(1) && torch.normal(torch.arange(4).float(), { std: 2 })")
same("torch.manual_seed(1) and torch.normal(1.0, torch.tensor([0.5, 1.0, 2.0, 0.0]))", "torch.manualSeed(1) && torch.normal(1, torch.tensor([0.5, 1, 2, 0]))")
same("torch.manual_seed(1) and torch.randperm(5)", "torch.manualSeed(1) && torch.randperm({ n: 5 })")

# positions that were written as plain numbers
same("x.gather(1, torch.tensor([[0], [2], [1]]))", "x.gather(1, torch.tensor([[0], [2], [1]]))", "torch.gather({ input: x, dim: 1, index: torch.tensor([[0], [2], [1]]) })")
same("x.index_select(1, torch.tensor([2, 0]))", "x.indexSelect(1, torch.tensor([2, 0]))", "x.indexSelect({ dim: 1, index: torch.tensor([2, 0]) })")
same("x.scatter(1, torch.tensor([[3], [0], [1]]), 9.0)", "x.scatter(1, torch.tensor([[3], [0], [1]]), 9)", "x.scatter(1, torch.tensor([[3], [0], [1]]), { value: 9 })")
same("x.scatter_add(1, torch.tensor([[3], [0], [1]]), x)", "x.scatterAdd(1, torch.tensor([[3], [0], [1]]), { src: x })")
same("x.scatter_reduce(1, torch.tensor([[3], [0], [1]]), x, 'amax', include_self=False)", "x.scatterReduce(1, torch.tensor([[3], [0], [1]]), x, 'amax', { includeSelf: false })")
same("x.take(torch.tensor([-1, 3]))", "x.take(torch.tensor([-1, 3]))")
same("x.take_along_dim(torch.tensor([[0]]), 1)", "x.takeAlongDim(torch.tensor([[0]]), { dim: 1 })")
same("x.index_add(0, torch.tensor([2, 0]), x[:2], alpha=2)", "x.indexAdd(0, torch.tensor([2, 0]), x.narrow(0, 0, 2), { alpha: 2 })")
same("x.index_copy(0, torch.tensor([2, 0]), x[:2])", "x.indexCopy(0, torch.tensor([2, 0]), x.narrow(0, 0, 2))")
same("x.index_fill(1, torch.tensor([2, 0]), 7)", "x.indexFill(1, torch.tensor([2, 0]), 7)", "x.indexFill({ dim: 1, index: torch.tensor([2, 0]), value: 7 })")
same("x.put(torch.tensor([1]), torch.tensor([5.0]), True)", "x.put(torch.tensor([1]), torch.tensor([5]), true)", "x.put(torch.tensor([1]), torch.tensor([5]), { accumulate: true })")
same("torch.nn.functional.one_hot(torch.tensor([0, 2]), 3)", "torch.nn.functional.oneHot(torch.tensor([0, 2]), 3)", "torch.nn.functional.oneHot(torch.tensor([0, 2]), { numClasses: 3 })")
for python, js, words in (
    ("x.gather(1, torch.tensor([[0.5]]))", "x.gather(1, torch.tensor([[0.5]]))", "gather(): Expected dtype int64 for index"),
    ("x.gather(1, torch.tensor([[True]]))", "x.gather(1, torch.tensor([[true]]))", "gather(): Expected dtype int64 for index"),
    ("x.take(torch.tensor([0.5]))", "x.take(torch.tensor([0.5]))", "take(): Expected a long tensor for index"),
    ("x.index_add(0, torch.tensor([0]), x)", "x.indexAdd(0, torch.tensor([0]), x)", "should be equal to source.size(dim)"),
    ("torch.nn.functional.one_hot(torch.tensor([0.5]))", "torch.nn.functional.oneHot(torch.tensor([0.5]))", "one_hot is only applicable to index tensor"),
    ("torch.hsplit(x, 3)", "torch.hsplit(x, 3)", "is not divisible by the split_size 3"),
    ("x.rot90(1, (0, 0))", "x.rot90(1, [0, 0])", "expected rotation dims to be different"),
):
    f.program(f"x = torch.arange(12.0).view(3, 4)\nreturn [{python}]", f"const x = torch.arange(12).float().view(3, 4);\nreturn [{js}];", fails=True, words=words)

# gradients
same("torch.autograd.grad(x.requires_grad_().sin().sum(), x)[0]", "torch.autograd.grad(x.requiresGrad_().sin().sum(), x)", "torch.autograd.grad({ outputs: x.requiresGrad_().sin().sum(), inputs: x })")
same("torch.autograd.grad(x.requires_grad_().sin(), x, torch.ones(3, 4), True)[0]", "torch.autograd.grad(x.requiresGrad_().sin(), x, torch.ones(3, 4), true)", "torch.autograd.grad(x.requiresGrad_().sin(), x, { gradOutputs: torch.ones(3, 4), retainGraph: true })")
same("torch.zeros(3, 4)", "torch.autograd.grad(torch.ones(1).requiresGrad_().sum(), x.requiresGrad_(), { materializeGrads: true })")
same("torch.full((3, 4), 2.0)", "(() => { x.requiresGrad_(true); const y = x.sum(); y.backward({ retainGraph: true }); y.backward(null, true); return x.grad; })()")
same("torch.diag(torch.arange(4.0) * 2)", "torch.autograd.functional.jacobian((y) => y.square(), torch.arange(4).float(), { strict: true })", "torch.autograd.functional.jacobian({ func: (y) => y.square(), inputs: torch.arange(4).float() })")

refused("did you mean 'dims'?", "x.roll(1, { dim: 0 })", "torch.roll(x, 1, 0, { dim: 0 })")
refused("got multiple values for argument 'dims'", "x.roll(1, 0, { dims: 0 })")
refused("takes at most 2 positional arguments but 3 were given", "x.flatten(0, 1, 2)")
refused("missing 1 required argument: 'index'", "x.gather(1)", "x.select(0)", "x.indexSelect({ dim: 0 })")
refused("argument 'dim' must be a whole number, not 0.5", "x.unsqueeze(0.5)", "x.select(0.5, 0)", "x.unbind(0.5)")
refused('did you mean "reflect"?', "torch.nn.functional.pad(x, [1, 1], 'reflekt')")
refused("argument 'dims' must be a list of 2 whole numbers", "x.rot90(1, [0])", "x.rot90({ dims: [0, 1, 0] })")
refused("got an unexpected keyword argument 'requires_grad'; did you mean 'requiresGrad'?", "torch.zeros(2, { requires_grad: true })", "torch.tensor([1], { requires_grad: true })")
refused("did you mean 'retainGraph'?", "x.requiresGrad_().sum().backward({ retain_graph: true })")
refused("argument 'dtype' must be a dtype", "torch.zeros(2, { dtype: 'flaot32' })", "torch.arange(3, { dtype: 'complex64' })")
refused("takes 0 positional arguments but 1 was given", "x.item(0)", "x.tolist(1)", "x.detach(true)")
refused("missing 1 required argument: 'size'", "torch.zeros()", "torch.randn()", "x.view()")
