"""nn.utils, nn.init, lazy modules, parameter containers, CTC and adaptive softmax."""
from parity import Family, torch, nn

family = Family("utilities")
f = family
P = f.program
for text in ("trunc_normal_(t)", "trunc_normal_(t, mean=1.0, std=0.5, a=0.0, b=1.5)", "orthogonal_(t)", "orthogonal_(t.t())", "orthogonal_(t, gain=2.0)", "sparse_(t, 0.4)"):
    js = {"trunc_normal_(t)": "truncNormal_(t)", "trunc_normal_(t, mean=1.0, std=0.5, a=0.0, b=1.5)": "truncNormal_(t, { mean: 1, std: 0.5, a: 0, b: 1.5 })", "orthogonal_(t)": "orthogonal_(t)",
          "orthogonal_(t.t())": "orthogonal_(t.t())", "orthogonal_(t, gain=2.0)": "orthogonal_(t, { gain: 2 })", "sparse_(t, 0.4)": "sparse_(t, 0.4)"}[text]
    P(f"torch.manual_seed(1)\nt = torch.empty(5, 4)\nnn.init.{text}\nreturn [t, torch.rand(1)]", f"torch.manualSeed(1);\nconst t = torch.empty(5, 4);\nnn.init.{js};\nreturn [t, torch.rand(1)];", atol=1e-5)
P("t = torch.empty(4, 2, 3, 3)\nu = torch.empty(4, 2, 3)\nreturn [nn.init.dirac_(t), nn.init.dirac_(u, groups=2)]", "const t = torch.empty(4, 2, 3, 3);\nconst u = torch.empty(4, 2, 3);\nreturn [nn.init.dirac_(t), nn.init.dirac_(u, { groups: 2 })];")

P("torch.manual_seed(0)\nm = nn.Linear(3, 2)\nv = nn.utils.parameters_to_vector(m.parameters())\nnn.utils.vector_to_parameters(v * 2, m.parameters())\nreturn [v, m.weight, m.bias]",
  "torch.manualSeed(0);\nconst m = new nn.Linear(3, 2);\nconst v = nn.utils.parametersToVector(m.parameters());\nnn.utils.vectorToParameters(v.mul(2), m.parameters());\nreturn [v, m.weight, m.bias];")
for kind, shape in (("Linear(3, 2)", "(4, 3)"), ("Conv2d(2, 3, 2)", "(1, 2, 4, 4)")):
    new = "new nn." + kind
    for name, camel in (("weight_norm", "weightNorm"), ("spectral_norm", "spectralNorm")):
        P(f"torch.manual_seed(0)\nm = nn.utils.{name}(nn.{kind})\nx = torch.randn{shape}\ny = m(x)\n(y * y).sum().backward()\nk = list(m.state_dict())\ny2 = m(x)\nnn.utils.remove_{name}(m)\nreturn [y, y2, k, list(m.state_dict()), m.weight, m(x)]",
          f"torch.manualSeed(0);\nconst m = nn.utils.{camel}({new});\nconst x = torch.randn{shape};\nconst y = m(x);\ny.mul(y).sum().backward();\nconst k = [...m.stateDict().keys()];\nconst y2 = m(x);\nnn.utils.remove{camel[0].upper()}{camel[1:]}(m);\nreturn [y, y2, k, [...m.stateDict().keys()], m.weight, m(x)];")
P("import torch.nn.utils.parametrize as P\nclass S(nn.Module):\n    def forward(self, x):\n        return x.triu() + x.triu(1).transpose(-1, -2)\ntorch.manual_seed(0)\nm = nn.Linear(3, 3)\nP.register_parametrization(m, 'weight', S())\nk = list(m.state_dict())\nt = repr(m)\nw = m.weight\ny = m(torch.ones(1, 3))\nb = P.is_parametrized(m)\nP.remove_parametrizations(m, 'weight')\nreturn [k, t, w, y, b, P.is_parametrized(m), list(m.state_dict()), repr(m)]",
  "const P = nn.utils.parametrize;\nclass S extends nn.Module { forward(x) { return x.triu().add(x.triu(1).transpose(-1, -2)); } }\ntorch.manualSeed(0);\nconst m = new nn.Linear(3, 3);\nP.registerParametrization(m, 'weight', new S());\nconst k = [...m.stateDict().keys()];\nconst t = String(m);\nconst w = m.weight;\nconst y = m(torch.ones(1, 3));\nconst b = P.isParametrized(m);\nP.removeParametrizations(m, 'weight');\nreturn [k, t, w, y, b, P.isParametrized(m), [...m.stateDict().keys()], String(m)];")
P("import torch.nn.utils.parametrizations as P\ntorch.manual_seed(0)\nm = P.spectral_norm(nn.Linear(3, 4))\nreturn [list(m.state_dict()), m(torch.ones(1, 3)), m.weight]",
  "torch.manualSeed(0);\nconst m = nn.utils.parametrizations.spectralNorm(new nn.Linear(3, 4));\nreturn [[...m.stateDict().keys()], m(torch.ones(1, 3)), m.weight];")
PRUNE = "import torch.nn.utils.prune as P\ntorch.manual_seed(0)\nm = nn.Linear(5, 4)\n"
PJS = "const P = nn.utils.prune;\ntorch.manualSeed(0);\nconst m = new nn.Linear(5, 4);\n"
for py, js in (("P.l1_unstructured(m, 'weight', 0.3)", "P.l1Unstructured(m, 'weight', 0.3)"), ("P.random_unstructured(m, 'weight', 7)", "P.randomUnstructured(m, 'weight', 7)"),
               ("P.ln_structured(m, 'weight', 0.5, n=2, dim=0)", "P.lnStructured(m, 'weight', 0.5, 2, 0)"), ("P.random_structured(m, 'weight', 2, dim=1)", "P.randomStructured(m, 'weight', 2, 1)"),
               ("P.l1_unstructured(m, 'weight', 4); P.l1_unstructured(m, 'weight', 0.5)", "P.l1Unstructured(m, 'weight', 4); P.l1Unstructured(m, 'weight', 0.5)"),
               ("P.ln_structured(m, 'weight', 1, n=1, dim=1); P.l1_unstructured(m, 'weight', 3)", "P.lnStructured(m, 'weight', 1, 1, 1); P.l1Unstructured(m, 'weight', 3)"), ("P.identity(m, 'bias')", "P.identity(m, 'bias')"),
               ("P.custom_from_mask(m, 'bias', torch.tensor([1, 0, 1, 0]))", "P.customFromMask(m, 'bias', torch.tensor([1, 0, 1, 0]))"),
               ("P.global_unstructured([(m, 'weight'), (m, 'bias')], P.L1Unstructured, amount=9)", "P.globalUnstructured([[m, 'weight'], [m, 'bias']], P.L1Unstructured, { amount: 9 })")):
    P(PRUNE + py + "\nreturn [sorted(m.state_dict()), m.weight, m.bias, m(torch.ones(1, 5)), P.is_pruned(m)]", PJS + js + ";\nreturn [[...m.stateDict().keys()].sort(), m.weight, m.bias, m(torch.ones(1, 5)), P.isPruned(m)];")
P(PRUNE + "P.l1_unstructured(m, 'weight', 0.3)\nP.remove(m, 'weight')\nreturn [list(m.state_dict()), m.weight, P.is_pruned(m)]", PJS + "P.l1Unstructured(m, 'weight', 0.3);\nP.remove(m, 'weight');\nreturn [[...m.stateDict().keys()], m.weight, P.isPruned(m)];")
P("torch.manual_seed(0)\nc, b = nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3)\nx = torch.randn(4, 2, 5, 5)\nb(c(x))\nc.eval(); b.eval()\nfrom torch.nn.utils.fusion import fuse_conv_bn_eval\nreturn [fuse_conv_bn_eval(c, b)(x), b(c(x))]",
  "torch.manualSeed(0);\nconst [c, b] = [new nn.Conv2d(2, 3, 2), new nn.BatchNorm2d(3)];\nconst x = torch.randn(4, 2, 5, 5);\nb(c(x));\nc.eval(); b.eval();\nreturn [nn.utils.fuseConvBnEval(c, b)(x), b(c(x))];", atol=1e-5)
P("m = nn.Linear(2, 2)\nfrom torch.nn.utils.stateless import functional_call\nreturn [functional_call(m, {'weight': torch.ones(2, 2), 'bias': torch.zeros(2)}, (torch.ones(1, 2),))]",
  "const m = new nn.Linear(2, 2);\nreturn [nn.utils.stateless.functionalCall(m, { weight: torch.ones(2, 2), bias: torch.zeros(2) }, [torch.ones(1, 2)])];")

for cls, args, js, shape in (("LazyLinear", "4", "4", "(2, 3)"), ("LazyConv1d", "4, 3", "4, 3", "(2, 3, 6)"), ("LazyConv2d", "4, 3, groups=2", "4, 3, { groups: 2 }", "(2, 2, 6, 6)"), ("LazyConv3d", "2, 2", "2, 2", "(1, 2, 3, 3, 3)"),
                             ("LazyConvTranspose1d", "4, 3", "4, 3", "(2, 3, 6)"), ("LazyConvTranspose2d", "4, 3", "4, 3", "(2, 3, 4, 4)"), ("LazyConvTranspose3d", "2, 2", "2, 2", "(1, 2, 3, 3, 3)"),
                             ("LazyBatchNorm1d", "", "", "(4, 3)"), ("LazyBatchNorm2d", "", "", "(2, 3, 4, 4)"), ("LazyBatchNorm3d", "", "", "(2, 3, 2, 2, 2)"),
                             ("LazyInstanceNorm1d", "affine=True", "{ affine: true }", "(2, 3, 4)"), ("LazyInstanceNorm2d", "", "", "(2, 3, 4, 4)"), ("LazyInstanceNorm3d", "", "", "(2, 3, 2, 2, 2)")):
    P(f"import warnings\nwarnings.simplefilter('ignore')\ntorch.manual_seed(0)\nm = nn.{cls}({args})\na = repr(m)\nk = list(m.state_dict())\ny = m(torch.randn{shape})\nreturn [a, k, y, repr(m), list(m.parameters())]",
      f"torch.manualSeed(0);\nconst m = new nn.{cls}({js});\nconst a = String(m);\nconst k = [...m.stateDict().keys()];\nconst y = m(torch.randn{shape});\nreturn [a, k, y, String(m), m.parameters()];", atol=1e-5)

P("m = nn.ParameterList([torch.zeros(2, 3), torch.ones(2)])\nm.append(torch.ones(1))\nreturn [repr(m), len(m), list(m.state_dict()), m[1], m[-1]]",
  "const m = new nn.ParameterList([torch.zeros(2, 3), torch.ones(2)]);\nm.append(torch.ones(1));\nreturn [String(m), m.length, [...m.stateDict().keys()], m.at(1), m.at(-1)];")
P("m = nn.ParameterDict({'a': torch.zeros(2, 3), 'b': torch.ones(2)})\nm['c'] = torch.ones(1)\nreturn [repr(m), len(m), list(m), list(m.state_dict()), m['b']]",
  "const m = new nn.ParameterDict({ a: torch.zeros(2, 3), b: torch.ones(2) });\nm.set('c', torch.ones(1));\nreturn [String(m), m.length, [...m], [...m.stateDict().keys()], m.get('b')];")

L = f.T(6, 2, 4)
for red in ("mean", "sum", "none"):
    P(f"torch.manual_seed(0)\nx = torch.randn(6, 3, 5).requires_grad_()\nl = nn.functional.ctc_loss(x.log_softmax(2), torch.tensor([[1, 2, 2], [3, 1, 0], [4, 4, 4]]), torch.tensor([6, 5, 3]), torch.tensor([3, 2, 3]), reduction='{red}', zero_infinity=True)\nl.sum().backward()\nreturn [l, x.grad]",
      f"torch.manualSeed(0);\nconst x = torch.randn(6, 3, 5).requiresGrad_();\nconst l = nn.functional.ctcLoss(x.logSoftmax(2), torch.tensor([[1, 2, 2], [3, 1, 0], [4, 4, 4]]), [6, 5, 3], [3, 2, 3], {{ reduction: '{red}', zeroInfinity: true }});\nl.sum().backward();\nreturn [l, x.grad];", atol=1e-5)
P("torch.manual_seed(0)\nm = nn.AdaptiveLogSoftmaxWithLoss(8, 12, [4, 8], div_value=2.0)\nx = torch.randn(5, 8)\no = m(x, torch.tensor([0, 5, 9, 11, 3]))\nreturn [repr(m), o.output, o.loss, m.log_prob(x), m.predict(x)]",
  "torch.manualSeed(0);\nconst m = new nn.AdaptiveLogSoftmaxWithLoss(8, 12, [4, 8], { divValue: 2 });\nconst x = torch.randn(5, 8);\nconst o = m(x, torch.tensor([0, 5, 9, 11, 3], { dtype: 'int32' }));\nreturn [String(m), o.output, o.loss, m.logProb(x), m.predict(x)];", atol=1e-5)
P("m = nn.Linear(2, 2)\nreturn [str(m.load_state_dict(m.state_dict())), str(m.load_state_dict({'weight': torch.ones(2, 2), 'x': torch.ones(1)}, strict=False))]",
  "const m = new nn.Linear(2, 2);\nreturn [String(m.loadStateDict(m.stateDict())), String(m.loadStateDict({ weight: torch.ones(2, 2), x: torch.ones(1) }, { strict: false }))];")
P("import copy\ntorch.manual_seed(0)\nm = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.LSTM(3, 2))\nc = copy.deepcopy(m)\nnn.init.zeros_(m[0].weight)\nreturn [repr(c), c[0].weight, list(c.state_dict())]",
  "torch.manualSeed(0);\nconst m = new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3), new nn.LSTM(3, 2));\nconst c = torch.deepcopy(m);\nnn.init.zeros_(m.at(0).weight);\nreturn [String(c), c.at(0).weight, [...c.stateDict().keys()]];")
P("from torch.optim.swa_utils import AveragedModel\ntorch.manual_seed(0)\nm = nn.Linear(2, 2)\na = AveragedModel(m)\nfor i in range(3):\n    nn.init.constant_(m.weight, float(i))\n    a.update_parameters(m)\nreturn [list(a.state_dict()), a.module.weight, a.n_averaged, a(torch.ones(1, 2))]",
  "torch.manualSeed(0);\nconst m = new nn.Linear(2, 2);\nconst a = new torch.optim.swaUtils.AveragedModel(m);\nfor (let i = 0; i < 3; i++) { nn.init.constant_(m.weight, i); a.updateParameters(m); }\nreturn [[...a.stateDict().keys()], a.module.weight, a.nAveraged, a(torch.ones(1, 2))];")
P("from torch.optim.swa_utils import SWALR\nr = []\nfor s in ('cos', 'linear'):\n    o = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)\n    l = SWALR(o, swa_lr=0.05, anneal_epochs=4, anneal_strategy=s)\n    for i in range(7):\n        r.append(o.param_groups[0]['lr'])\n        o.step()\n        l.step()\nreturn r",
  "const r = [];\nfor (const annealStrategy of ['cos', 'linear']) {\n  const o = new torch.optim.SGD([torch.zeros(1).requiresGrad_()], { lr: 0.5 });\n  const l = new torch.optim.swaUtils.SWALR(o, 0.05, { annealEpochs: 4, annealStrategy });\n  for (let i = 0; i < 7; i++) { r.push(o.paramGroups[0].lr); o.step(); l.step(); }\n}\nreturn r;")
P("m = nn.LayerNorm(3)\nwith torch.no_grad():\n    m.weight.copy_(torch.tensor([3.0, -4.0, 0.5]))\nnn.utils.weight_norm(m)\nreturn [m.weight_g, m(torch.tensor([[1.0, 2.0, 4.0]]))]",
  "const m = new nn.LayerNorm(3);\ntorch.noGrad(() => m.weight.copy_(torch.tensor([3, -4, 0.5])));\nnn.utils.weightNorm(m);\nreturn [m.weight_g, m(torch.tensor([[1, 2, 4]]))];", note="each of a vector's elements keeps its own length")
