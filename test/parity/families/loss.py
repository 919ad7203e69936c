"""Losses and distances, as functions and as modules."""
from parity import Family, torch, nn

family = Family("loss")
f = family
P = lambda *s: f.T(*s, low=0.05, high=0.95)
PM = lambda n: f.V([(-1.0) ** i for i in range(n)], grad=False)
for red in ("mean", "sum", "none"):
    r = dict(reduction=red)
    for shape in ((4, 3),):
        f.op("F.mse_loss", f.T(*shape), f.T(*shape), **r)
        f.op("F.l1_loss", f.T(*shape), f.T(*shape), **r)
        f.op("F.smooth_l1_loss", f.T(*shape), f.T(*shape), **r)
        f.op("F.smooth_l1_loss", f.T(*shape), f.T(*shape), beta=0.5, **r)
        f.op("F.huber_loss", f.T(*shape), f.T(*shape), delta=0.7, **r)
        f.op("F.binary_cross_entropy", P(*shape), f.T(*shape, low=0, high=1, grad=False), **r)
        f.op("F.binary_cross_entropy", P(*shape), f.T(*shape, low=0, high=1, grad=False), weight=f.T(3, low=0.2, high=2, grad=False), **r)
        f.op("F.binary_cross_entropy_with_logits", f.T(*shape), f.T(*shape, low=0, high=1, grad=False), **r)
        f.op("F.binary_cross_entropy_with_logits", f.T(*shape), f.T(*shape, low=0, high=1, grad=False), pos_weight=f.T(3, low=0.5, high=2, grad=False), **r)
        f.op("F.kl_div", f.T(*shape), P(*shape), **r)
        f.op("F.kl_div", f.T(*shape), f.T(*shape), log_target=True, **r)
        f.op("F.poisson_nll_loss", f.T(*shape), f.T(*shape, low=0, high=5, grad=False), **r)
        f.op("F.poisson_nll_loss", P(*shape), f.T(*shape, low=0.5, high=5, grad=False), log_input=False, full=True, **r)
        f.op("F.gaussian_nll_loss", f.T(*shape), f.T(*shape), P(*shape), **r)
        f.op("F.gaussian_nll_loss", f.T(*shape), f.T(*shape), P(4, 1), full=True, **r)
        f.op("F.soft_margin_loss", f.T(*shape), f.V([[1.0, -1.0, 1.0]] * 4, grad=False), **r)
        f.op("F.hinge_embedding_loss", f.T(4), PM(4), margin=0.8, **r)
        f.op("F.margin_ranking_loss", f.T(4), f.T(4), PM(4), margin=0.3, **r)
        f.op("F.cosine_embedding_loss", f.T(4, 3), f.T(4, 3), PM(4), margin=0.2, **r)
        f.op("F.triplet_margin_loss", f.T(4, 3), f.T(4, 3), f.T(4, 3), **r)
        f.op("F.triplet_margin_loss", f.T(4, 3), f.T(4, 3), f.T(4, 3), swap=True, p=1, margin=0.5, **r)
        f.op("F.multi_margin_loss", f.T(4, 3), f.I(4, high=3), **r)
        f.op("F.multi_margin_loss", f.T(4, 3), f.I(4, high=3), p=2, margin=0.5, weight=f.T(3, low=0.2, high=2, grad=False), **r)
        f.op("F.multilabel_margin_loss", f.T(2, 4), f.V([[3, 0, -1, 1], [1, -1, 0, 2]]), **r)
        f.op("F.multilabel_soft_margin_loss", f.T(4, 3), f.V([[1.0, 0.0, 1.0]] * 4, grad=False), **r)
        f.op("F.cross_entropy", f.T(4, 3), f.I(4, high=3), **r)
        f.op("F.cross_entropy", f.T(4, 3), f.I(4, high=3), weight=f.T(3, low=0.2, high=2, grad=False), label_smoothing=0.1, **r)
        f.op("F.cross_entropy", f.T(4, 3), f.V([0, 2, -100, 1]), **r)
        f.op("F.cross_entropy", f.T(4, 3), f.V([0, 2, 1, 1]), ignore_index=1, **r)
        f.op("F.cross_entropy", f.T(2, 3, 4), f.I(2, 4, high=3), **r)
        f.op("F.cross_entropy", f.T(4, 3), P(4, 3), **r)
        f.op("F.cross_entropy", f.T(3), f.V(1), **r)
        f.op("F.nll_loss", f.T(4, 3), f.I(4, high=3), **r)
        f.op("F.nll_loss", f.T(2, 3, 2, 2), f.I(2, 2, 2, high=3), weight=f.T(3, low=0.2, high=2, grad=False), **r)
f.op("F.kl_div", f.T(4, 3), P(4, 3), reduction="batchmean")
f.op("F.cosine_similarity", f.T(4, 3), f.T(4, 3), double=True)
f.op("F.cosine_similarity", f.T(4, 3), f.T(4, 3), dim=0)
f.op("F.pairwise_distance", f.T(4, 3), f.T(4, 3))
f.op("F.pairwise_distance", f.T(4, 3), f.T(4, 3), p=1, keepdim=True)
f.op("F.pdist", f.T(4, 3))
f.op("F.normalize", f.T(4, 3), double=True)
f.op("F.normalize", f.T(4, 3), p=1, dim=0)

X, Y = f.T(4, 3), f.T(4, 3)
for name, inputs in (("MSELoss", [X, Y]), ("L1Loss", [X, Y]), ("SmoothL1Loss", [X, Y]), ("HuberLoss", [X, Y]), ("KLDivLoss", [X, P(4, 3)]), ("PoissonNLLLoss", [X, P(4, 3)]),
                     ("GaussianNLLLoss", [X, Y, P(4, 3)]), ("BCELoss", [P(4, 3), f.T(4, 3, low=0, high=1, grad=False)]), ("BCEWithLogitsLoss", [X, f.T(4, 3, low=0, high=1, grad=False)]),
                     ("CrossEntropyLoss", [X, f.I(4, high=3)]), ("NLLLoss", [X, f.I(4, high=3)]), ("SoftMarginLoss", [f.T(4), PM(4)]), ("HingeEmbeddingLoss", [f.T(4), PM(4)]),
                     ("MultiLabelMarginLoss", [f.T(2, 4), f.V([[3, 0, -1, 1], [1, -1, 0, 2]])]), ("MultiLabelSoftMarginLoss", [X, f.V([[1.0, 0.0, 1.0]] * 4, grad=False)]),
                     ("MultiMarginLoss", [X, f.I(4, high=3)]), ("CosineEmbeddingLoss", [X, Y, PM(4)]), ("MarginRankingLoss", [f.T(4), f.T(4), PM(4)]), ("TripletMarginLoss", [X, Y, f.T(4, 3)]),
                     ("TripletMarginWithDistanceLoss", [X, Y, f.T(4, 3)]), ("CosineSimilarity", [X, Y]), ("PairwiseDistance", [X, Y])):
    f.module(f"nn.{name}", inputs=inputs, evaluate=False)
    if name not in ("CosineSimilarity", "PairwiseDistance"):
        f.module(f"nn.{name}", inputs=inputs, reduction="sum", evaluate=False)
f.module("nn.CrossEntropyLoss", weight=f.V([0.5, 1.0, 2.0], grad=False), label_smoothing=0.2, inputs=[X, f.I(4, high=3)], evaluate=False)
f.error("F.cross_entropy", f.T(4, 3), f.I(3, high=3))
f.error("F.nll_loss", f.T(4, 3), f.V([0, 1, 5, 2]))
f.error("F.binary_cross_entropy", P(4), P(3))
f.error("F.binary_cross_entropy", f.V([1.5]), f.V([1.0]), words="all elements of input should be between 0 and 1")
