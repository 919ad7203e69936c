"""Optimizers over 20 steps on one small problem, and their state; schedules over 25 epochs."""
import math
from parity import Family, torch, answer

family = Family("optimizer")
f = family
START = [[0.5, -1.2, 0.3], [1.5, 0.7, -0.4]]
SECOND = [0.9, -0.6]


def problem(a, b):
    """A curved valley; the second parameter has no gradient at every fifth step."""
    return ((a - 0.3) ** 2 * torch.tensor([1.0, 2.0, 0.5])).sum() + (a[0] * a[1]).sum() * 0.3 + torch.sin(a).sum() * 0.2


def optimizer(name, groups=False, closure=False, steps=20, tolerance=1e-4, **options):
    a, b = torch.tensor(START, requires_grad=True), torch.tensor(SECOND, requires_grad=True)
    params = [{"params": [a]}, {"params": [b], "lr": 0.05}] if groups else [a, b]
    opt = getattr(torch.optim, name)(params, **options)
    losses = []
    for step in range(steps):
        def evaluate():
            opt.zero_grad()
            loss = problem(a, b)
            if step % 5 != 4:
                loss = loss + ((b ** 2) * torch.tensor([3.0, 0.5])).sum()
            loss.backward()
            return loss
        if closure:
            losses.append(opt.step(evaluate).item())
        else:
            losses.append(evaluate().item())
            if step % 5 == 4:
                b.grad = None
            opt.step()
    state = opt.state_dict()["state"]
    keys = {str(i): {k: answer(v) for k, v in own.items() if isinstance(v, torch.Tensor)} for i, own in state.items()} if name != "LBFGS" else {}
    f._add({"kind": "optimizer", "target": f"optim.{name}", "args": [], "options": options, "groups": groups, "closure": closure, "steps": steps,
            "losses": losses, "params": [answer(a), answer(b)], "state": keys, "shown": repr(opt)}, rtol=tolerance, atol=tolerance / 10)


for name, variants in {
    "SGD": [dict(lr=0.05), dict(lr=0.05, momentum=0.9), dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1), dict(lr=0.05, momentum=0.8, dampening=0.3, maximize=True)],
    "Adam": [dict(), dict(lr=0.05, betas=(0.8, 0.9), weight_decay=0.1), dict(lr=0.05, amsgrad=True), dict(lr=0.05, maximize=True)],
    "AdamW": [dict(), dict(lr=0.05, weight_decay=0.3), dict(lr=0.05, amsgrad=True, eps=1e-4)],
    "Adamax": [dict(), dict(lr=0.05, weight_decay=0.1), dict(maximize=True)],
    "NAdam": [dict(), dict(lr=0.05, weight_decay=0.1, momentum_decay=0.01)],
    "RAdam": [dict(), dict(lr=0.05, weight_decay=0.1), dict(lr=0.05, betas=(0.5, 0.7))],
    "RMSprop": [dict(), dict(momentum=0.9, weight_decay=0.1), dict(centered=True), dict(centered=True, momentum=0.5, alpha=0.9, maximize=True)],
    "Rprop": [dict(), dict(lr=0.05, etas=(0.4, 1.3), step_sizes=(1e-3, 1.0))],
    "Adagrad": [dict(), dict(lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.1), dict(maximize=True)],
    "Adadelta": [dict(), dict(lr=0.5, rho=0.8, weight_decay=0.1), dict(maximize=True)],
    "ASGD": [dict(), dict(lr=0.05, t0=5, weight_decay=0.1), dict(lambd=0.1, alpha=0.5)],
}.items():
    for options in variants:
        optimizer(name, **options)
    optimizer(name, groups=True, lr=0.02)
optimizer("LBFGS", closure=True, steps=4)
optimizer("LBFGS", closure=True, steps=4, lr=0.1, max_iter=5, history_size=3)
# A search along the line stops on differences of float32 losses, so rounding shows in the third digit.
optimizer("LBFGS", closure=True, steps=4, line_search_fn="strong_wolfe", tolerance=3e-3)


def scheduler(name, *args, base="SGD", count=25, js=None, values=None, chain=None, **options):
    a, b = torch.zeros(2, requires_grad=True), torch.zeros(3, requires_grad=True)
    settings = dict(momentum=0.9) if base == "SGD" else {}
    opt = getattr(torch.optim, base)([{"params": [a]}, {"params": [b], "lr": 0.05}], lr=0.1, **settings)
    S = torch.optim.lr_scheduler
    made = chain(S, opt) if chain else getattr(S, name)(opt, *args, **options)
    rates, momenta = [], []
    for epoch in range(count):
        rates.append([g["lr"] for g in opt.param_groups])
        momenta.append([g["momentum"] if base == "SGD" else g["betas"][0] for g in opt.param_groups])
        a.grad, b.grad = torch.ones(2), torch.ones(3)
        opt.step()
        made.step(*([values[epoch]] if values else []))
    encoded = [x for x in args if not callable(x)]
    f._add({"kind": "scheduler", "target": f"optim.lr_scheduler.{name}", "args": encoded, "options": options, "base": base, "epochs": count,
            "rates": rates, "momenta": momenta, "values": values or []}, js=js)


scheduler("StepLR", 5, gamma=0.5)
scheduler("MultiStepLR", [3, 8, 8, 15], gamma=0.5)
scheduler("ExponentialLR", 0.9)
scheduler("ConstantLR")
scheduler("ConstantLR", factor=0.5, total_iters=4)
scheduler("LinearLR")
scheduler("LinearLR", start_factor=0.2, end_factor=0.8, total_iters=10)
scheduler("PolynomialLR", total_iters=10, power=2.0)
scheduler("CosineAnnealingLR", 10, eta_min=0.001)
scheduler("CosineAnnealingLR", 7)
scheduler("CosineAnnealingWarmRestarts", 4)
scheduler("CosineAnnealingWarmRestarts", 3, T_mult=2, eta_min=0.01, js="(k, opt) => new k.optim.lrScheduler.CosineAnnealingWarmRestarts(opt, 3, { tMult: 2, etaMin: 0.01 })")
scheduler("LambdaLR", lambda e: 0.95 ** e, js="(k, opt) => new k.optim.lrScheduler.LambdaLR(opt, (e) => 0.95 ** e)")
scheduler("MultiplicativeLR", lambda e: 0.9 + 0.01 * e, js="(k, opt) => new k.optim.lrScheduler.MultiplicativeLR(opt, (e) => 0.9 + 0.01 * e)")
for mode in ("triangular", "triangular2", "exp_range"):
    scheduler("CyclicLR", 0.01, 0.1, step_size_up=4, mode=mode, gamma=0.95)
scheduler("CyclicLR", 0.01, 0.1, step_size_up=4, step_size_down=3, cycle_momentum=False)
scheduler("OneCycleLR", 0.5, total_steps=26)
scheduler("OneCycleLR", 0.5, epochs=5, steps_per_epoch=6, anneal_strategy="linear", pct_start=0.4)
scheduler("OneCycleLR", 0.5, total_steps=30, three_phase=True, div_factor=10.0, final_div_factor=100.0, base="Adam")
VALUES = [round(1 / (1 + i) + (0.3 if i > 8 else 0), 3) for i in range(25)]
scheduler("ReduceLROnPlateau", patience=2, factor=0.5, values=VALUES)
scheduler("ReduceLROnPlateau", mode="max", patience=1, cooldown=2, threshold=0.01, threshold_mode="abs", min_lr=0.01, values=VALUES)
scheduler("ChainedScheduler", chain=lambda S, o: S.ChainedScheduler([S.ConstantLR(o, factor=0.1, total_iters=2), S.ExponentialLR(o, gamma=0.9)]),
          js="(k, o) => new k.optim.lrScheduler.ChainedScheduler([new k.optim.lrScheduler.ConstantLR(o, { factor: 0.1, totalIters: 2 }), new k.optim.lrScheduler.ExponentialLR(o, 0.9)])")
scheduler("SequentialLR", chain=lambda S, o: S.SequentialLR(o, [S.ConstantLR(o, factor=0.1, total_iters=2), S.ExponentialLR(o, gamma=0.9)], milestones=[5]),
          js="(k, o) => new k.optim.lrScheduler.SequentialLR(o, [new k.optim.lrScheduler.ConstantLR(o, { factor: 0.1, totalIters: 2 }), new k.optim.lrScheduler.ExponentialLR(o, 0.9)], [5])")


# By position, as they are often written.
f.program("a = torch.ones(2, requires_grad=True)\no = [torch.optim.SGD([a], 0.3), torch.optim.Adam([a], 0.02)]\ns = torch.optim.lr_scheduler.StepLR(o[0], 1, 0.5)\no[0].step()\ns.step()\nreturn [g.param_groups[0]['lr'] for g in o]",
          "const a = torch.ones(2).requiresGrad_();\nconst o = [new torch.optim.SGD([a], 0.3), new torch.optim.Adam([a], 0.02)];\nconst s = new torch.optim.lrScheduler.StepLR(o[0], 1, 0.5);\no[0].step();\ns.step();\nreturn o.map((g) => g.paramGroups[0].lr);")
