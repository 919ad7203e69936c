"""torch.distributions: what is drawn, how probable it is, gradients of both, texts and errors."""
from parity import Family

family = Family("distributions")
f = family
PY, JS = "D = torch.distributions\n", "const D = torch.distributions;\n"


def P(python, js, **more):
    f.program(PY + python, JS + js, **more)


def tensors(values, python=True):
    """`a`, `b` … of these values, which want gradients."""
    names = "abcd"[:len(values)]
    if python:
        return "".join(f"{n} = torch.tensor({v}, requires_grad=True)\n" for n, v in zip(names, values))
    return "".join(f"const {n} = torch.tensor({v}, {{ requiresGrad: true }});\n" for n, v in zip(names, values))


def named(shape):
    return f"{{ sampleShape: {shape} }}" if shape else ""


# Name, values of its parameters, the constructor on both sides, values to score, whether it has cdf and icdf.
KINDS = (
    ("Normal", ("[0.5, -1.0, 2.0]", "[1.0, 0.3, 2.5]"), "D.Normal(a, b)", "new D.Normal(a, b)", "[[0.1, -1.2, 3.0], [0.5, 4.0, -2.0]]", True),
    ("Normal", ("[[0.5], [-1.0]]", "[1.0, 0.3, 2.5]"), "D.Normal(a, b)", "new D.Normal(a, b)", "[0.1, -1.2, 3.0]", True),
    ("Normal", ("0.5", "2.0"), "D.Normal(a, b)", "new D.Normal(a, b)", "[0.1, -1.2]", True),
    ("Normal", ("[0.5, 1.5]",), "D.Normal(a, 2)", "new D.Normal(a, 2)", "[0.1, -1.2]", True),
    ("Normal", ("[0.5, 1.5]",), "D.Normal(0, a.exp())", "new D.Normal(0, a.exp())", "[0.1, -1.2]", True),
    ("Uniform", ("[0.0, -1.0]", "[1.0, 3.0]"), "D.Uniform(a, b)", "new D.Uniform(a, b)", "[[0.1, -1.0], [0.5, 2.9]]", True),
    ("Uniform", ("[0.0, -1.0]",), "D.Uniform(a, 5.0)", "new D.Uniform(a, 5)", "[3.5, 2.0]", True),
    ("Exponential", ("[0.5, 2.0]",), "D.Exponential(a)", "new D.Exponential(a)", "[[0.1, 1.2], [0.0, 3.0]]", True),
    ("Laplace", ("[0.5, -1.0]", "[1.0, 0.3]"), "D.Laplace(a, b)", "new D.Laplace(a, b)", "[[0.1, -1.2], [4.0, 0.0]]", True),
    ("Cauchy", ("[0.5, -1.0]", "[1.0, 0.3]"), "D.Cauchy(a, b)", "new D.Cauchy(a, b)", "[[0.1, -1.2], [4.0, 0.0]]", True),
    ("LogNormal", ("[0.5, -1.0]", "[1.0, 0.3]"), "D.LogNormal(a, b)", "new D.LogNormal(a, b)", "[[0.1, 1.2], [4.0, 0.3]]", True),
    ("Independent", ("[[0.5, -1.0], [0.0, 1.0]]", "[1.0, 0.3]"), "D.Independent(D.Normal(a, b), 1)", "new D.Independent(new D.Normal(a, b), 1)", "[[0.1, 1.2], [4.0, 0.3]]", False),
    ("Independent", ("[[0.5, -1.0], [0.0, 1.0]]", "[1.0, 0.3]"), "D.Independent(D.Laplace(a, b), 2)", "new D.Independent(new D.Laplace(a, b), 2)", "[[0.1, 1.2], [4.0, 0.3]]", False),
    ("Independent", ("[0.5, -1.0]", "[1.0, 0.3]"), "D.Independent(D.Normal(a, b), 0)", "new D.Independent(new D.Normal(a, b), 0)", "[0.1, 1.2]", False),
    ("MultivariateNormal", ("[0.5, -1.0]", "[[2.0, 0.5], [0.5, 1.0]]"), "D.MultivariateNormal(a, b)", "new D.MultivariateNormal(a, b)", "[[0.1, 1.2], [4.0, 0.3]]", False),
    ("MultivariateNormal", ("[0.5, -1.0, 0.0]", "[[2.0, 0.5, 0.1], [0.5, 1.0, -0.3], [0.1, -0.3, 1.5]]"), "D.MultivariateNormal(a, precision_matrix=b)",
     "new D.MultivariateNormal(a, { precisionMatrix: b })", "[0.1, 1.2, 0.4]", False),
    ("MultivariateNormal", ("[[0.5, -1.0], [0.0, 1.0], [2.0, 2.0]]", "[[2.0, 0.0], [0.5, 1.0]]"), "D.MultivariateNormal(a, scale_tril=b)",
     "new D.MultivariateNormal(a, { scaleTril: b })", "[[0.1, 1.2], [4.0, 0.3], [1.0, 1.0]]", False),
    ("MultivariateNormal", ("[0.5, -1.0]", "[[[2.0, 0.0], [0.5, 1.0]], [[1.0, 0.0], [-0.5, 3.0]]]"), "D.MultivariateNormal(a, scale_tril=b)",
     "new D.MultivariateNormal(a, { scaleTril: b })", "[[[0.1, 1.2], [4.0, 0.3]], [[0.0, 1.0], [1.0, 1.0]]]", False),
)
for name, values, python, js, scored, has_cdf in KINDS:
    py, ts = tensors(values) + f"d = {python}\n", tensors(values, False) + f"const d = {js};\n"
    inputs = "[" + ", ".join("abcd"[:len(values)]) + "]"
    for shape in ("", "[3]", "[2, 4]", "[20]"):
        P(py + f"torch.manual_seed(3)\nx = d.sample({shape})\nreturn [x, x.requires_grad, d.sample({shape})]", ts + f"torch.manualSeed(3);\nconst x = d.sample({shape});\nreturn [x, x.requiresGrad, d.sample({named(shape)})];", note=f"{name} draws")
        P(py + f"torch.manual_seed(4)\nx = d.rsample({shape})\nreturn [x, torch.autograd.grad((x * x).sum(), {inputs})]",
          ts + f"torch.manualSeed(4);\nconst x = d.rsample({shape});\nreturn [x, torch.autograd.grad(x.square().sum(), {inputs})];", note=f"{name} draws with gradients", rtol=1e-3)
    P(py + f"l = d.log_prob(torch.tensor({scored}))\nreturn [l, torch.autograd.grad((l * l).sum(), {inputs}, allow_unused=True)]",
      ts + f"const l = d.logProb(torch.tensor({scored}));\nreturn [l, torch.autograd.grad(l.square().sum(), {inputs}, {{ allowUnused: true }})];", note=f"{name} scores", atol=2e-5)
    P(py + f"x = torch.tensor({scored}, requires_grad=True)\nreturn torch.autograd.grad(d.log_prob(x).sum(), [x])",
      ts + f"const x = torch.tensor({scored}, {{ requiresGrad: true }});\nreturn torch.autograd.grad(d.logProb(x).sum(), [x]);", note=f"{name}: the value's gradient", atol=1e-5) if name != "Uniform" else None
    if has_cdf:
        P(py + f"c = d.cdf(torch.tensor({scored}))\nq = torch.full_like(c, 0.3)\nreturn [c, d.icdf(q), torch.autograd.grad((c * c).sum(), {inputs}, allow_unused=True)]",
          ts + f"const c = d.cdf(torch.tensor({scored}));\nconst q = torch.fullLike(c, 0.3);\nreturn [c, d.icdf(q), torch.autograd.grad(c.square().sum(), {inputs}, {{ allowUnused: true }})];", note=f"{name}'s cdf", atol=1e-5)
    P(py + "return [d.entropy(), d.perplexity(), d.mean, d.mode, d.variance, d.stddev, d.batch_shape, d.event_shape, d.has_rsample, d.has_enumerate_support, repr(d), repr(d.support)]",
      ts + "return [d.entropy(), d.perplexity(), d.mean, d.mode, d.variance, d.stddev, d.batchShape, d.eventShape, d.hasRsample, d.hasEnumerateSupport, String(d), String(d.support)];", note=f"{name}'s moments", atol=1e-5)
    P(py + "e = d.expand([4, *d.batch_shape])\ntorch.manual_seed(1)\nx = d.sample()\nreturn [type(e).__name__, e.batch_shape, e.event_shape, repr(e), e.log_prob(x), e.sample([2]), e.entropy(), e.mean, repr(d)]",
      ts + "const e = d.expand([4, ...d.batchShape]);\ntorch.manualSeed(1);\nconst x = d.sample();\nreturn [e.constructor.name, e.batchShape, e.eventShape, String(e), e.logProb(x), e.sample([2]), e.entropy(), e.mean, String(d)];", note=f"{name} for a larger batch", atol=2e-5)

# Those that can be given by logarithms too.
DISCRETE = (
    ("[0.2, 0.3, 0.5]", "D.Categorical(a)", "new D.Categorical(a)", "[2, 0]"),
    ("[2.0, 3.0, 1.0]", "D.Categorical(a)", "new D.Categorical(a)", "[[2], [0]]"),
    ("[[0.2, 0.3, 0.5], [1.0, 0.0, 1.0]]", "D.Categorical(a)", "new D.Categorical(a)", "[2, 0]"),
    ("[[0.2, 0.3, 0.5], [1.0, -2.0, 1.0]]", "D.Categorical(logits=a)", "new D.Categorical({ logits: a })", "[[2, 0], [1, 1]]"),
    ("[[[0.2, 0.3], [1.0, -2.0]]]", "D.Categorical(logits=a)", "new D.Categorical({ logits: a })", "[[1, 0]]"),
    ("[0.2, 0.3, 0.5]", "D.OneHotCategorical(a)", "new D.OneHotCategorical(a)", "[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]"),
    ("[[0.2, 0.3, 0.5], [1.0, -2.0, 1.0]]", "D.OneHotCategorical(logits=a)", "new D.OneHotCategorical({ logits: a })", "[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]"),
    ("[[0.2, 0.3, 0.5]]", "D.OneHotCategoricalStraightThrough(a)", "new D.OneHotCategoricalStraightThrough(a)", "[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]"),
    ("[0.2, 0.9, 0.5]", "D.Bernoulli(a)", "new D.Bernoulli(a)", "[1.0, 0.0, 1.0]"),
    ("[[0.2], [0.9]]", "D.Bernoulli(a)", "new D.Bernoulli(a)", "[1.0, 0.0, 1.0]"),
    ("[0.2, -0.9]", "D.Bernoulli(logits=a)", "new D.Bernoulli({ logits: a })", "[[1.0, 0.0], [0.0, 0.0]]"),
    ("0.3", "D.Bernoulli(a)", "new D.Bernoulli(a)", "[1.0, 0.0]"),
)
for value, python, js, scored in DISCRETE:
    py, ts = tensors((value,)) + f"d = {python}\n", tensors((value,), False) + f"const d = {js};\n"
    for shape in ("", "[3]", "[2, 4]", "[20]"):
        P(py + f"torch.manual_seed(3)\nx = d.sample({shape})\nreturn [x, x.requires_grad, d.sample({shape}), d.log_prob(x)]",
          ts + f"torch.manualSeed(3);\nconst x = d.sample({shape});\nreturn [x, x.requiresGrad, d.sample({shape}), d.logProb(x)];", note=f"{python} draws", atol=1e-5)
    P(py + f"l = d.log_prob(torch.tensor({scored}))\nreturn [l, torch.autograd.grad((l * l).sum(), [a]), repr(d)]",
      ts + f"const l = d.logProb(torch.tensor({scored}));\nreturn [l, torch.autograd.grad(l.square().sum(), [a]), String(d)];", note=f"{python} scores", atol=1e-5)
    P(py + "h = d.entropy()\nreturn [h, torch.autograd.grad((h * h).sum(), [a]), d.perplexity()]", ts + "const h = d.entropy();\nreturn [h, torch.autograd.grad(h.square().sum(), [a]), d.perplexity()];", note=f"{python}'s entropy", atol=1e-5)
    P(py + "s = repr(d)\nwith torch.no_grad():\n    p, l = d.probs, d.logits\nreturn [s, repr(d), p, l, p.requires_grad, l.requires_grad, d.mean, d.mode, d.variance, d.batch_shape, d.event_shape, d.param_shape, d.has_rsample, repr(d.support)]",
      ts + "const s = String(d);\nconst [p, l] = torch.noGrad(() => [d.probs, d.logits]);\nreturn [s, String(d), p, l, p.requiresGrad, l.requiresGrad, d.mean, d.mode, d.variance, d.batchShape, d.eventShape, d.paramShape, d.hasRsample, String(d.support)];", note=f"{python}'s moments")
    P(py + "e = d.expand([2, *d.batch_shape])\ntorch.manual_seed(1)\nreturn [e.batch_shape, repr(e), e.sample([3]), e.probs, e.entropy(), repr(e), repr(d), d.enumerate_support(), d.enumerate_support(expand=False), e.enumerate_support()]",
      ts + "const e = d.expand([2, ...d.batchShape]);\ntorch.manualSeed(1);\nreturn [e.batchShape, String(e), e.sample([3]), e.probs, e.entropy(), String(e), String(d), d.enumerateSupport(), d.enumerateSupport(false), e.enumerateSupport()];", note=f"{python} for a larger batch")
P("a = torch.tensor([[0.2, 0.3, 0.5]], requires_grad=True)\ntorch.manual_seed(0)\nx = D.OneHotCategoricalStraightThrough(a).rsample([4])\nreturn [x, torch.autograd.grad((x * x * torch.arange(3)).sum(), [a])]",
  "const a = torch.tensor([[0.2, 0.3, 0.5]], { requiresGrad: true });\ntorch.manualSeed(0);\nconst x = new D.OneHotCategoricalStraightThrough(a).rsample([4]);\nreturn [x, torch.autograd.grad(x.mul(x).mul(torch.arange(3)).sum(), [a])];")
P("d = D.Independent(D.Bernoulli(torch.tensor([[0.2, 0.7]])), 1)\ntorch.manual_seed(0)\nx = d.sample([2])\nreturn [x, d.log_prob(x), repr(d), repr(d.support), d.has_rsample, d.has_enumerate_support]",
  "const d = new D.Independent(new D.Bernoulli(torch.tensor([[0.2, 0.7]])), 1);\ntorch.manualSeed(0);\nconst x = d.sample([2]);\nreturn [x, d.logProb(x), String(d), String(d.support), d.hasRsample, d.hasEnumerateSupport];")
P("return [repr(d) for d in (D.Normal(0, 1), D.Normal(0.1, 1e-5), D.Normal(torch.tensor([0.]), 1.), D.Normal(torch.zeros(2, 3), 1), D.Uniform(-1, 1), D.Bernoulli(0.5), D.Bernoulli(logits=0.0), D.Exponential(3), D.LogNormal(0, 1))]",
  "return [new D.Normal(0, 1), new D.Normal(0.1, 1e-5), new D.Normal(torch.tensor([0]), 1), new D.Normal(torch.zeros(2, 3), 1), new D.Uniform(-1, 1), new D.Bernoulli(0.5), new D.Bernoulli({ logits: 0 }), new D.Exponential(3), new D.LogNormal(0, 1)].map(String);")
P("d = D.MultivariateNormal(torch.zeros(2), torch.tensor([[2.0, 0.5], [0.5, 1.0]]))\nreturn [d.covariance_matrix, d.precision_matrix, d.scale_tril]",
  "const d = new D.MultivariateNormal(torch.zeros(2), torch.tensor([[2, 0.5], [0.5, 1]]));\nreturn [d.covarianceMatrix, d.precisionMatrix, d.scaleTril];")

# --- the same seed, the same bits -------------------------------------------------------------------------------------

BITS = ("bits = lambda x: x.numpy().view('int32').flatten().tolist()\n", "const bits = (x) => [...new Int32Array(x.toTypedArray().buffer)];\n")
for python, js in (
    ("D.Normal(torch.tensor([0.5, -1.0, 2.0]), 0.3)", "new D.Normal(torch.tensor([0.5, -1, 2]), 0.3)"), ("D.Uniform(torch.tensor([0.5, -1.0, 2.0]), 3.3)", "new D.Uniform(torch.tensor([0.5, -1, 2]), 3.3)"),
    ("D.Exponential(torch.tensor([0.5, 0.3, 2.0]))", "new D.Exponential(torch.tensor([0.5, 0.3, 2]))"), ("D.Laplace(torch.tensor([0.5, -1.0, 2.0]), 0.3)", "new D.Laplace(torch.tensor([0.5, -1, 2]), 0.3)"),
):
    for shape in ("[2]", "[11]"):
        P(BITS[0] + f"d = {python}\ntorch.manual_seed(5)\nreturn [bits(d.sample({shape})), bits(d.sample()), bits(d.rsample({shape}))]", BITS[1] + f"const d = {js};\ntorch.manualSeed(5);\nreturn [bits(d.sample({shape})), bits(d.sample()), bits(d.rsample({shape}))];", note=f"{python} bit for bit", atol=0.1, rtol=1e-12)

# Here a product of matrices comes last, whose rounding is the kernels' own.
for shape in ("[2]", "[11]"):
    P(f"d = D.MultivariateNormal(torch.tensor([0.5, -1.0]), scale_tril=torch.tensor([[1.3, 0.0], [0.7, 0.9]]))\ntorch.manual_seed(5)\nreturn [d.sample({shape}), d.sample(), d.rsample({shape})]", f"const d = new D.MultivariateNormal(torch.tensor([0.5, -1]), {{ scaleTril: torch.tensor([[1.3, 0], [0.7, 0.9]]) }});\ntorch.manualSeed(5);\nreturn [d.sample({shape}), d.sample(), d.rsample({shape})];", note="MultivariateNormal draws the same numbers")

# --- Kullback–Leibler ------------------------------------------------------------------------------------------------

NORMAL, INDEPENDENT = ("D.Normal({0}, {1})",) * 2, ("D.Independent(D.Normal({0}, {1}), 1)", "D.Independent(new D.Normal({0}, {1}), 1)")
KL = {
    "N": (NORMAL, "[0.5, -1.0]", "[1.0, 0.3]"), "U": (("D.Uniform({0}, {1})",) * 2, "[0.5, -1.0]", "[1.0, 2.5]"), "V": (("D.Uniform({0}, {1})",) * 2, "[-0.5, -2.0]", "[2.0, 2.0]"),
    "E": (("D.Exponential({0})",) * 2, "[0.5, 2.0]"), "L": (("D.Laplace({0}, {1})",) * 2, "[0.5, -1.0]", "[1.0, 0.3]"), "B": (("D.Bernoulli({0})",) * 2, "[0.5, 0.1]"), "b": (("D.Bernoulli({0})",) * 2, "[1.0, 0.0]"),
    "C": (("D.Categorical({0})",) * 2, "[[0.5, 0.1, 0.4], [0.2, 0.0, 0.8]]"), "O": (("D.OneHotCategorical({0})",) * 2, "[[0.5, 0.1, 0.4], [0.2, 0.3, 0.5]]"), "Y": (("D.Cauchy({0}, {1})",) * 2, "[0.5, -1.0]", "[1.0, 0.3]"),
    "c": (("D.Categorical({0})",) * 2, "[0.3, 0.2, 0.5]"), "G": (("D.LogNormal({0}, {1})",) * 2, "[0.5, -1.0]", "[1.0, 0.3]"),
    "n": (NORMAL, "[[0.0], [2.0]]", "[2.0, 0.7]"), "I": (INDEPENDENT, "[[0.5, -1.0]]", "[1.0, 0.3]"), "J": (INDEPENDENT, "[0.0, 1.0]", "[2.0, 0.7]"),
    "M": (("D.MultivariateNormal({0}, {1})",) * 2, "[0.5, -1.0]", "[[2.0, 0.5], [0.5, 1.0]]"),
    "m": (("D.MultivariateNormal({0}, scale_tril={1})", "D.MultivariateNormal({0}, {{ scaleTril: {1} }})"), "[[0.0, 1.0], [1.0, 1.0]]", "[[1.0, 0.0], [-0.5, 3.0]]"),
}
INFINITE = ("bB", "Bb", "UV", "cC", "NU", "NE", "LU", "LE", "EU")
for pair in ("NN", "Nn", "UU", "VU", "EE", "LL", "BB", "Cc", "OO", "YY", "GG", "IJ", "JI", "MM", "Mm", "mM", "NL", "LN", "EN", "UN", "UE", "VE", *INFINITE):
    (first, *p), (second, *q) = KL[pair[0]], KL[pair[1]]
    names = "abcd"[:len(p) + len(q)]
    here, there = names[:len(p)], names[len(p):]
    # Where a value is infinite, so may its gradient be, or not a number.
    gradients = pair not in INFINITE
    P(tensors((*p, *q)) + f"k = D.kl_divergence({first[0].format(*here)}, {second[0].format(*there)})\nreturn " + (f"[k, torch.autograd.grad(k.sum(), [{', '.join(names)}])]" if gradients else "k"),
      tensors((*p, *q), False) + f"const k = D.klDivergence(new {first[1].format(*here)}, new {second[1].format(*there)});\nreturn " + (f"[k, torch.autograd.grad(k.sum(), [{', '.join(names)}])];" if gradients else "k;"),
      note=f"the divergence of {first[0].format(*here)} from {second[0].format(*there)}", atol=1e-5)
P("class MyNormal(D.Normal):\n    pass\nq = D.Normal(0.5, 2.0)\nbefore = D.kl_divergence(MyNormal(0.0, 1.0), q)\nD.kl.register_kl(MyNormal, D.Normal)(lambda p, q: p.loc * 0 + 7)\nD.kl.register_kl(D.Distribution, MyNormal)(lambda p, q: p.mean * 0 + 9)\n"
  "return [before, D.kl.kl_divergence(MyNormal(0.0, 1.0), q), D.kl_divergence(D.Normal(0.0, 1.0), q), D.kl_divergence(D.Exponential(1.0), MyNormal(0.0, 1.0)), repr(MyNormal(0.0, 1.0)), repr(MyNormal(torch.zeros(2), 1.0).expand([3, 2]).sample().shape)]",
  "class MyNormal extends D.Normal {}\nconst q = new D.Normal(0.5, 2);\nconst before = D.klDivergence(new MyNormal(0, 1), q);\nD.kl.registerKl(MyNormal, D.Normal)((p, q) => p.loc.mul(0).add(7));\nD.kl.registerKl(D.Distribution, MyNormal)((p, q) => p.mean.mul(0).add(9));\n"
  "return [before, D.kl.klDivergence(new MyNormal(0, 1), q), D.klDivergence(new D.Normal(0, 1), q), D.klDivergence(new D.Exponential(1), new MyNormal(0, 1)), String(new MyNormal(0, 1)), `torch.Size([${new MyNormal(torch.zeros(2), 1).expand([3, 2]).sample().shape.join(', ')}])`];")

# --- errors ----------------------------------------------------------------------------------------------------------

for python, js in (
    ("D.Normal(0.0, -1.0)", "new D.Normal(0, -1)"), ("D.Normal(torch.tensor([0.0, float('nan')]), 1.0)", "new D.Normal(torch.tensor([0, NaN]), 1)"),
    ("D.Normal(torch.zeros(2), torch.zeros(3))", "new D.Normal(torch.zeros(2), torch.zeros(3))"),
    ("D.Normal(0.0, 1.0).log_prob(torch.tensor(float('nan')))", "new D.Normal(0, 1).logProb(torch.tensor(NaN))"),
    ("D.Normal(torch.zeros(2), 1.0).log_prob(torch.zeros(3))", "new D.Normal(torch.zeros(2), 1).logProb(torch.zeros(3))"),
    ("D.Normal(torch.zeros(2), 1.0).cdf(torch.zeros(2, 3))", "new D.Normal(torch.zeros(2), 1).cdf(torch.zeros(2, 3))"),
    ("D.Uniform(1.0, 0.0)", "new D.Uniform(1, 0)"), ("D.Uniform(0.0, 1.0).log_prob(torch.tensor([0.5, 1.5]))", "new D.Uniform(0, 1).logProb(torch.tensor([0.5, 1.5]))"),
    ("D.Uniform(torch.zeros(2), torch.ones(2)).log_prob(torch.tensor([0.5, 1.5]))", "new D.Uniform(torch.zeros(2), torch.ones(2)).logProb(torch.tensor([0.5, 1.5]))"),
    ("D.Bernoulli()", "new D.Bernoulli()"), ("D.Bernoulli(0.1, 0.1)", "new D.Bernoulli(0.1, 0.1)"), ("D.Bernoulli(1.5)", "new D.Bernoulli(1.5)"),
    ("D.Bernoulli(0.5).log_prob(torch.tensor(0.5))", "new D.Bernoulli(0.5).logProb(torch.tensor(0.5))"),
    ("D.Categorical()", "new D.Categorical()"), ("D.Categorical(torch.tensor(1.0))", "new D.Categorical(torch.tensor(1))"), ("D.Categorical(None, torch.tensor(1.0))", "new D.Categorical({ logits: torch.tensor(1) })"),
    ("D.Categorical(torch.tensor([0.5, -0.1]))", "new D.Categorical(torch.tensor([0.5, -0.1]))"), ("D.Categorical(logits=torch.tensor([0.5, float('nan')]))", "new D.Categorical({ logits: torch.tensor([0.5, NaN]) })"),
    ("D.Categorical(torch.ones(3)).log_prob(torch.tensor(3))", "new D.Categorical(torch.ones(3)).logProb(torch.tensor(3))"),
    ("D.Categorical(torch.ones(3)).log_prob(torch.tensor(0.5))", "new D.Categorical(torch.ones(3)).logProb(torch.tensor(0.5))"),
    ("D.Categorical(torch.ones(2, 3)).log_prob(torch.tensor([0, 1, 2]))", "new D.Categorical(torch.ones(2, 3)).logProb(torch.tensor([0, 1, 2]))"),
    ("D.Exponential(torch.tensor([1.0, 0.0]))", "new D.Exponential(torch.tensor([1, 0]))"), ("D.Exponential(1.0).log_prob(torch.tensor(-1.0))", "new D.Exponential(1).logProb(torch.tensor(-1))"),
    ("D.OneHotCategorical(torch.ones(3)).log_prob(torch.ones(3))", "new D.OneHotCategorical(torch.ones(3)).logProb(torch.ones(3))"), ("D.Cauchy(0.0, 0.0)", "new D.Cauchy(0, 0)"),
    ("D.Laplace(0.0, 0.0)", "new D.Laplace(0, 0)"), ("D.LogNormal(0.0, -1.0)", "new D.LogNormal(0, -1)"), ("D.LogNormal(0.0, 1.0).log_prob(torch.tensor(0.0))", "new D.LogNormal(0, 1).logProb(torch.tensor(0))"),
    ("D.Independent(D.Normal(torch.zeros(2), 1.0), 2)", "new D.Independent(new D.Normal(torch.zeros(2), 1), 2)"),
    ("D.Independent(D.Bernoulli(torch.ones(2)), 1).enumerate_support()", "new D.Independent(new D.Bernoulli(torch.ones(2)), 1).enumerateSupport()"),
    ("D.MultivariateNormal(torch.tensor(0.0), torch.eye(2))", "new D.MultivariateNormal(torch.tensor(0), torch.eye(2))"),
    ("D.MultivariateNormal(torch.zeros(2))", "new D.MultivariateNormal(torch.zeros(2))"), ("D.MultivariateNormal(torch.zeros(2), torch.eye(2), torch.eye(2))", "new D.MultivariateNormal(torch.zeros(2), torch.eye(2), torch.eye(2))"),
    ("D.MultivariateNormal(torch.zeros(2), scale_tril=torch.ones(2))", "new D.MultivariateNormal(torch.zeros(2), { scaleTril: torch.ones(2) })"),
    ("D.MultivariateNormal(torch.zeros(2), torch.ones(2))", "new D.MultivariateNormal(torch.zeros(2), torch.ones(2))"), ("D.MultivariateNormal(torch.zeros(2), None, torch.ones(2))", "new D.MultivariateNormal({ loc: torch.zeros(2), precisionMatrix: torch.ones(2) })"),
    ("D.MultivariateNormal(torch.zeros(2), torch.tensor([[1.0, 2.0], [2.0, 1.0]]))", "new D.MultivariateNormal(torch.zeros(2), torch.tensor([[1, 2], [2, 1]]))"),
    ("D.MultivariateNormal(torch.zeros(2), torch.tensor([[1.0, 0.5], [0.0, 1.0]]))", "new D.MultivariateNormal(torch.zeros(2), torch.tensor([[1, 0.5], [0, 1]]))"),
    ("D.MultivariateNormal(torch.zeros(2), scale_tril=torch.ones(2, 2))", "new D.MultivariateNormal(torch.zeros(2), { scaleTril: torch.ones(2, 2) })"),
    ("D.MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(torch.zeros(3))", "new D.MultivariateNormal(torch.zeros(2), torch.eye(2)).logProb(torch.zeros(3))"),
    ("D.kl_divergence(D.Categorical(torch.ones(2)), D.Normal(0.0, 1.0))", "D.klDivergence(new D.Categorical(torch.ones(2)), new D.Normal(0, 1))"),
):
    f.program(PY + "return " + python, JS + f"return {js};", note=python, fails=True)
# What our own forms say, where PyTorch says it in Python's words.
for python, js, words in (
    ("D.Normal(torch.zeros(2), 1.0).log_prob(1.0)", "new D.Normal(torch.zeros(2), 1).logProb(1)", "argument 'value' must be a tensor, not 1"),
    ("D.Normal(0.0)", "new D.Normal(0)", "missing 1 required argument: 'scale'"), ("D.Normal(0.0, std=1.0)", "new D.Normal(0, { std: 1 })", "'std'"),
    ("D.Categorical(probs=torch.ones(2), logit=torch.ones(2))", "new D.Categorical({ probs: torch.ones(2), logit: torch.ones(2) })", "did you mean 'logits'?"),
    ("D.Normal(0.0, 1.0).sample(5)", "new D.Normal(0, 1).sample(5)", "argument 'sampleShape' must be a list of whole numbers, not 5"),
    ("D.kl_divergence(D.Normal(0.0, 1.0), 1.0)", "D.klDivergence(new D.Normal(0, 1), 1)", "argument 'q' must be a Distribution, not 1"),
):
    f.program(PY + "return " + python, JS + f"return {js};", note=python, fails=True, words=words)
for python, js in (
    ("D.Normal(0.0, -1.0, validate_args=False).log_prob(torch.tensor(1.0))", "new D.Normal({ loc: 0, scale: -1, validateArgs: false }).logProb(torch.tensor(1))"),
    ("D.Uniform(0.0, 1.0, validate_args=False).log_prob(torch.tensor([0.5, 1.0, -3.0]))", "new D.Uniform(0, 1, { validateArgs: false }).logProb(torch.tensor([0.5, 1, -3]))"),
    ("D.Uniform(0.0, 1.0, validate_args=False).cdf(torch.tensor([0.5, 1.5, -3.0]))", "new D.Uniform(0, 1, { validateArgs: false }).cdf(torch.tensor([0.5, 1.5, -3]))"),
    ("D.Bernoulli(0.3, validate_args=False).log_prob(torch.tensor(0.5))", "new D.Bernoulli(0.3, { validateArgs: false }).logProb(torch.tensor(0.5))"),
    ("D.Normal(0.0, 1.0, validate_args=False).expand([2]).log_prob(torch.tensor(float('nan')))", "new D.Normal(0, 1, false).expand([2]).logProb(torch.tensor(NaN))"),
):
    P("return " + python, f"return {js};", note=python)
P("D.Distribution.set_default_validate_args(False)\ntry:\n    return D.Normal(0.0, -1.0).mean\nfinally:\n    D.Distribution.set_default_validate_args(True)",
  "D.Distribution.setDefaultValidateArgs(false);\ntry {\n  return new D.Normal(0, -1).mean;\n} finally {\n  D.Distribution.setDefaultValidateArgs(true);\n}")

# --- as they are used ------------------------------------------------------------------------------------------------

P("""
torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.05)
losses, taken = [], []
for episode in range(5):
    state = torch.ones(4)
    log_probs, rewards = [], []
    for step in range(6):
        m = D.Categorical(logits=policy(state))
        action = m.sample()
        log_probs.append(m.log_prob(action))
        taken.append(action.item())
        rewards.append(1.0 if action.item() == step % 3 else 0.0)
        state = state * 0.9 + action.item() * 0.1
    returns = torch.tensor([sum(rewards[i:]) for i in range(6)])
    returns = (returns - returns.mean()) / (returns.std() + 1e-5)
    loss = torch.stack([-l * r for l, r in zip(log_probs, returns)]).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
return [losses, taken, policy[0].weight]
""", """
torch.manualSeed(0);
const policy = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3));
const optimizer = new torch.optim.Adam(policy.parameters(), { lr: 0.05 });
const losses = [], taken = [];
for (let episode = 0; episode < 5; episode++) {
  let state = torch.ones(4);
  const logProbs = [], rewards = [];
  for (let step = 0; step < 6; step++) {
    const m = new D.Categorical({ logits: policy(state) });
    const action = m.sample();
    logProbs.push(m.logProb(action));
    taken.push(action.item());
    rewards.push(action.item() === step % 3 ? 1 : 0);
    state = state.mul(0.9).add(action.item() * 0.1);
  }
  let returns = torch.tensor(rewards.map((_, i) => rewards.slice(i).reduce((a, b) => a + b, 0)));
  returns = returns.sub(returns.mean()).div(returns.std().add(1e-5));
  const loss = torch.stack(logProbs.map((l, i) => l.neg().mul(returns.at(i)))).sum();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  losses.push(loss.item());
}
return [losses, taken, policy.at(0).weight];
""", note="REINFORCE", atol=1e-4)
P("""
torch.manual_seed(0)
encoder, decoder = nn.Linear(6, 4), nn.Linear(2, 6)
optimizer = torch.optim.SGD([*encoder.parameters(), *decoder.parameters()], lr=0.1)
x = torch.rand(8, 6)
terms = []
for step in range(4):
    mu, log_var = encoder(x).chunk(2, dim=1)
    q = D.Normal(mu, (0.5 * log_var).exp())
    kl = D.kl_divergence(q, D.Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(1)
    pixels = D.Independent(D.Bernoulli(logits=decoder(q.rsample()), validate_args=False), 1)
    loss = (kl - pixels.log_prob(x)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    terms.append([loss.item(), kl.mean().item(), (-0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1)).mean().item()])
return [terms, encoder.weight, encoder.weight.grad, decoder.bias]
""", """
torch.manualSeed(0);
const [encoder, decoder] = [new nn.Linear(6, 4), new nn.Linear(2, 6)];
const optimizer = new torch.optim.SGD([...encoder.parameters(), ...decoder.parameters()], { lr: 0.1 });
const x = torch.rand(8, 6);
const terms = [];
for (let step = 0; step < 4; step++) {
  const [mu, logVar] = encoder(x).chunk(2, 1);
  const q = new D.Normal(mu, logVar.mul(0.5).exp());
  const kl = D.klDivergence(q, new D.Normal(torch.zerosLike(mu), torch.onesLike(mu))).sum(1);
  const pixels = new D.Independent(new D.Bernoulli({ logits: decoder(q.rsample()), validateArgs: false }), 1);
  const loss = kl.sub(pixels.logProb(x)).mean();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  terms.push([loss.item(), kl.mean().item(), logVar.add(1).sub(mu.pow(2)).sub(logVar.exp()).sum(1).mul(-0.5).mean().item()]);
}
return [terms, encoder.weight, encoder.weight.grad, decoder.bias];
""", note="a variational autoencoder", atol=1e-5)
