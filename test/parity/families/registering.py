"""What may be assigned to a module's properties and registered in it, and under which names."""
from parity import Family

family = Family("registering")
f = family
MODULE = ("class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(2, 2)\n        self.scale = nn.Parameter(torch.ones(2))\n"
          "        self.register_buffer('count', torch.zeros(1))\n        self.register_parameter('later', None)\n        self.register_buffer('scratch', None)\n        self.plain = torch.ones(1)\nnet = Net()\n",
          "class Net extends nn.Module {\n  fc = new nn.Linear(2, 2);\n  scale = new nn.Parameter(torch.ones(2));\n  constructor() {\n    super();\n    this.registerBuffer('count', torch.zeros(1));\n"
          "    this.registerParameter('later', null);\n    this.registerBuffer('scratch', null);\n    this.plain = torch.ones(1);\n  }\n}\nconst net = new Net();\n")
STATE = ("return [list(net.state_dict()), [n for n, _ in net.named_parameters()], [n for n, _ in net.named_children()], [n for n, _ in net.named_buffers()]]",
         "return [[...net.stateDict().keys()], net.namedParameters().map(([n]) => n), net.namedChildren().map(([n]) => n), net.namedBuffers().map(([n]) => n)];")


def works(python, js):
    f.program(MODULE[0] + python + "\n" + STATE[0], MODULE[1] + js + "\n" + STATE[1], note=python[:60])


def refused(python, js, words=None):
    f.program(MODULE[0] + python, MODULE[1] + js, note=python[:60], fails=True, words=words)


for name in ("scale", "later", "fc"):
    refused(f"net.{name} = torch.ones(2)", f"net.{name} = torch.ones(2);")
    refused(f"net.{name} = torch.tensor([1])", f"net.{name} = torch.tensor([1], {{ dtype: 'int32' }});")
    # A number's and a text's type have other names here.
    kind = "as child module" if name == "fc" else "as parameter"
    refused(f"net.{name} = 5", f"net.{name} = 5;", words=f"cannot assign 'number' {kind} '{name}'")
    refused(f"net.{name} = 'a'", f"net.{name} = 'a';", words=f"cannot assign 'string' {kind} '{name}'")
refused("net.scale = nn.ReLU()", "net.scale = new nn.ReLU();", words="cannot assign 'ReLU' as parameter 'scale'")
refused("net.fc.weight = torch.ones(2, 2)", "net.fc.weight = torch.ones(2, 2);")
refused("net.fc.weight = net.fc.weight * 2", "net.fc.weight = net.fc.weight.mul(2);")
refused("net.count = 5", "net.count = 5;", words="cannot assign 'number' as buffer 'count' (torch.Tensor or None expected)")
refused("net.scratch = 'a'", "net.scratch = 'a';", words="cannot assign 'string' as buffer 'scratch' (torch.Tensor or None expected)")
refused("seq = nn.Sequential(nn.ReLU())\nsetattr(seq, '0', torch.ones(1))", "const seq = new nn.Sequential(new nn.ReLU());\nseq[0] = torch.ones(1);")
refused("b = nn.BatchNorm1d(2)\nb.running_mean = 3", "new nn.BatchNorm1d(2).runningMean = 3;", words="cannot assign 'number' as buffer 'runningMean'")
for python, js in (
    ("net.scale = nn.Parameter(torch.zeros(3))", "net.scale = new nn.Parameter(torch.zeros(3));"), ("net.scale = None", "net.scale = null;"), ("net.fc = nn.ReLU()", "net.fc = new nn.ReLU();"),
    ("net.fc = None", "net.fc = null;"), ("net.later = nn.Parameter(torch.ones(1))", "net.later = new nn.Parameter(torch.ones(1));"), ("net.count = torch.ones(3)", "net.count = torch.ones(3);"),
    ("net.count = None", "net.count = null;"), ("net.scratch = torch.ones(3)", "net.scratch = torch.ones(3);"), ("net.plain = 5", "net.plain = 5;"), ("del net.scale\nnet.scale = torch.ones(1)", "delete net.scale;\nnet.scale = torch.ones(1);"),
    ("net.fc = None\nnet.fc = nn.ReLU()", "net.fc = null;\nnet.fc = new nn.ReLU();"), ("net.scale.data = torch.zeros(2)", "net.scale.data = torch.zeros(2);"),
    ("net.count = nn.Parameter(torch.ones(1))", "net.count = new nn.Parameter(torch.ones(1));"), ("net.plain = nn.Parameter(torch.ones(1))", "net.plain = new nn.Parameter(torch.ones(1));"),
    ("net.register_buffer('count', torch.ones(2))", "net.registerBuffer('count', torch.ones(2));"), ("net.register_parameter('scale', None)", "net.registerParameter('scale', null);"),
    ("net.add_module('fc', nn.ReLU())", "net.addModule('fc', new nn.ReLU());"), ("net.add_module('none', None)", "net.addModule('none', null);"),
    ("net.register_buffer('count', torch.ones(2), persistent=False)", "net.registerBuffer('count', torch.ones(2), { persistent: false });"),
):
    works(python, js)

for kind, value, js_value in (("parameter", "nn.Parameter(torch.ones(1))", "new nn.Parameter(torch.ones(1))"), ("buffer", "torch.ones(1)", "torch.ones(1)"), ("module", "nn.ReLU()", "new nn.ReLU()")):
    own = {"parameter": "scale", "buffer": "count", "module": "fc"}[kind]
    for name in ("scale", "count", "fc", "plain", "forward", "later", "scratch"):
        if name not in (own, "later" if kind == "parameter" else "scratch" if kind == "buffer" else None):
            refused(f"net.register_{kind}('{name}', {value})", f"net.register{kind.capitalize()}('{name}', {js_value});", words=f"attribute '{name}' already exists")
    for name in ("a.b", ""):
        contains = f"{kind} name can't contain \".\"" if name else f"{kind} name can't be empty string \"\""
        refused(f"net.register_{kind}('{name}', {value})", f"net.register{kind.capitalize()}('{name}', {js_value});", words=contains)
    refused(f"net.register_{kind}(5, {value})", f"net.register{kind.capitalize()}(5, {js_value});", words="argument 'name' must be a string, not 5")
refused("net.register_parameter('new', torch.ones(1))", "net.registerParameter('new', torch.ones(1));")
refused("net.register_parameter('new', nn.Parameter(torch.ones(1)) * 2)", "net.registerParameter('new', new nn.Parameter(torch.ones(1)).mul(2));")
refused("net.register_buffer('new', nn.ReLU())", "net.registerBuffer('new', new nn.ReLU());", words="argument 'tensor' must be a tensor or null, not a ReLU")
refused("net.add_module('new', torch.ones(1))", "net.addModule('new', torch.ones(1));", words="argument 'module' must be a Module or null, not a tensor [1]")
for target, js in (("nn.Linear(2, 2, bias=False)", "new nn.Linear(2, 2, { bias: false })"), ("nn.Conv2d(1, 1, 3, bias=False)", "new nn.Conv2d(1, 1, 3, { bias: false })"), ("nn.BatchNorm1d(2, affine=False)", "new nn.BatchNorm1d(2, { affine: false })"),
                   ("nn.GroupNorm(1, 2, affine=False)", "new nn.GroupNorm(1, 2, { affine: false })"), ("nn.LayerNorm(2, elementwise_affine=False)", "new nn.LayerNorm(2, { elementwiseAffine: false })")):
    f.program(f"m = {target}\nm.bias = torch.ones(2)", f"const m = {js};\nm.bias = torch.ones(2);", note=target, fails=True)
    f.program(f"m = {target}\nm.bias = nn.Parameter(torch.ones(2))\nreturn list(m.state_dict())", f"const m = {js};\nm.bias = new nn.Parameter(torch.ones(2));\nreturn [...m.stateDict().keys()];", note=target)
