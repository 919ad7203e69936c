"""Decompositions, equations and norms of matrices."""
from parity import Family, torch

family = Family("linalg")
f = family
NAN, INF = float("nan"), float("inf")


def near(n, *lead):
    """Well-conditioned: the identity and a little."""
    t = f.T(*lead, n, n, low=-0.4, high=0.4)
    for i in range(len(t.data)):
        row, col = divmod(i % (n * n), n)
        if row == col:
            t.data[i] = round(t.data[i] + 1.5, 3)
    return t


def positive(n, *lead):
    """Symmetric and positive-definite."""
    t = near(n, *lead)
    for b in range(len(t.data) // (n * n)):
        for row in range(n):
            for col in range(row):
                t.data[b * n * n + row * n + col] = t.data[b * n * n + col * n + row]
    return t


SINGULAR = [[1.0, 2.0], [2.0, 4.0]]
BATCH = [[[1.0, 0.0], [0.0, 1.0]], SINGULAR]

# --- determinants ---------------------------------------------------------------------------------------------------
for name in ("torch.linalg.det", "torch.det", "Tensor.det", "torch.logdet", "Tensor.logdet"):
    f.op(name, near(3))
    f.op(name, near(2, 4))
    f.twice(name, near(3), note="twice")
for name in ("torch.linalg.slogdet", "torch.slogdet", "Tensor.slogdet"):
    f.op(name, near(4, 2))
    f.op(name, f.T(3, 3))
    f.twice(name, near(3))
f.op("torch.linalg.det", f.V(SINGULAR), gradients=False, note="singular")
f.op("torch.linalg.det", f.V([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]]))
f.op("torch.linalg.det", f.T(0, 3, 3))
f.op("torch.linalg.det", f.T(0, 0))
f.op("torch.linalg.slogdet", f.V([[1.0, 2.0], [2.0, 4.0]], grad=False), note="singular")
f.op("torch.logdet", f.V([[-1.0, 0.0], [0.0, 1.0]], grad=False), note="negative")
f.op("torch.logdet", f.V([[0.0, 0.0], [0.0, 1.0]], grad=False), note="singular")

# --- inverse and equations ------------------------------------------------------------------------------------------
for name in ("torch.linalg.inv", "torch.inverse", "Tensor.inverse"):
    f.op(name, near(3))
    f.op(name, near(3, 2, 2))
    f.twice(name, near(3))
f.op("torch.linalg.inv", f.V([[0.0, 2.0], [1.0, 0.0]]), note="the rows have to change places")
f.op("torch.linalg.inv_ex", near(3, 2), gradients=False)
f.op("torch.linalg.solve", near(3), f.T(3))
f.op("torch.linalg.solve", near(3), f.T(3, 2))
f.op("torch.linalg.solve", near(3, 2), f.T(2, 3), note="a vector for each")
f.op("torch.linalg.solve", near(3, 2), f.T(2, 3, 1))
f.op("torch.linalg.solve", near(3), f.T(4, 3, 2), note="one matrix for all")
f.op("torch.linalg.solve", near(3, 4, 1), f.T(2, 3, 2))
f.op("torch.linalg.solve", near(3), f.T(2, 3), left=False)
f.twice("torch.linalg.solve", near(3, 2), f.T(2, 3, 2))
f.twice("torch.linalg.solve", near(3), f.T(2, 3), left=False)
f.op("torch.linalg.solve_ex", near(2), f.T(2, 1), gradients=False)
for upper in (True, False):
    f.op("torch.linalg.solve_triangular", near(3, 2), f.T(2, 3, 2), upper=upper)
    f.op("torch.linalg.solve_triangular", near(3), f.T(2, 3), upper=upper, left=False)
    f.op("torch.linalg.solve_triangular", near(3), f.T(3, 2), upper=upper, unitriangular=True)
    f.twice("torch.linalg.solve_triangular", near(3), f.T(3, 2), upper=upper)
f.op("torch.linalg.tensorinv", f.T(4, 6, 8, 3, grad=False), rtol=1e-3, atol=1e-4)
f.op("torch.linalg.tensorinv", f.T(6, 3, 2), 1, rtol=1e-3, atol=1e-4)
f.op("torch.linalg.tensorsolve", f.T(4, 2, 8), f.T(4, 2), rtol=1e-3, atol=1e-4)
f.op("torch.linalg.tensorsolve", f.T(2, 6, 3), f.T(6), [0], rtol=1e-3, atol=1e-4)

# --- Cholesky -------------------------------------------------------------------------------------------------------
for upper in (False, True):
    f.op("torch.linalg.cholesky", positive(3), upper=upper)
    f.op("torch.linalg.cholesky", positive(3, 2), upper=upper)
    f.twice("torch.linalg.cholesky", positive(3), upper=upper)
    f.op("torch.cholesky", positive(2), upper)
    f.op("Tensor.cholesky", positive(2), upper)
    f.op("torch.cholesky_solve", f.T(3, 2), near(3), upper)
    f.op("Tensor.cholesky_solve", f.T(3, 1), near(3), upper)
    f.op("torch.cholesky_inverse", near(3), upper)
f.op("Tensor.cholesky_inverse", near(2))
f.op("torch.linalg.cholesky_ex", positive(3), gradients=False)
f.op("torch.linalg.cholesky_ex", positive(3), upper=True, gradients=False)

# --- QR, LU ---------------------------------------------------------------------------------------------------------
f.op("torch.linalg.qr", f.T(4, 3))
f.op("torch.linalg.qr", f.T(3, 3))
f.op("torch.linalg.qr", f.T(3, 5))
f.op("torch.linalg.qr", f.T(2, 4, 2))
f.op("torch.linalg.qr", f.T(3, 4), "complete")
f.op("torch.linalg.qr", f.T(4, 3), "complete", gradients=False)
f.op("torch.linalg.qr", f.T(4, 3, grad=False), "r")
f.op("torch.linalg.qr", f.V([[1.0, 2.0], [0.0, 3.0]]), note="a triangle already")
f.op("torch.linalg.qr", f.T(6, 1))
f.twice("torch.linalg.qr", near(3))
f.twice("torch.linalg.qr", f.T(4, 2))
f.twice("torch.linalg.qr", f.T(2, 3))
for name in ("torch.qr", "Tensor.qr"):
    f.op(name, f.T(4, 2))
    f.op(name, f.T(4, 2), False, gradients=False)
for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 3)):
    f.op("torch.linalg.lu", f.T(*shape))
    f.op("torch.linalg.lu_factor", f.T(*shape))
f.twice("torch.linalg.lu", near(3))
f.op("torch.linalg.lu_factor_ex", f.V(SINGULAR, grad=False))
f.program("""
    A = torch.tensor([[1., 2., 3.], [4., 5., 6.], [7., 8., 10.]])
    B = torch.tensor([[1., 0., 2.], [3., 1., 0.], [0., 1., 1.]])
    LU, pivots = torch.linalg.lu_factor(A)
    solve = torch.linalg.lu_solve
    return [LU, solve(LU, pivots, B), solve(LU, pivots, B, left=False), solve(LU, pivots, B, adjoint=True), solve(LU, pivots, B, left=False, adjoint=True)]
""", """
    const A = torch.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 10]]);
    const B = torch.tensor([[1, 0, 2], [3, 1, 0], [0, 1, 1]]);
    const [LU, pivots] = torch.linalg.luFactor(A);
    const solve = torch.linalg.luSolve;
    return [LU, solve(LU, pivots, B), solve(LU, pivots, B, { left: false }), solve(LU, pivots, B, { adjoint: true }), solve(LU, pivots, B, { left: false, adjoint: true })];
""", note="equations with factors", rtol=1e-3, atol=1e-5)

# --- singular values and eigenvalues --------------------------------------------------------------------------------
for shape in ((3, 3), (4, 3), (3, 4), (6, 2), (2, 6), (5, 1), (1, 5), (1, 1), (2, 3, 2), (8, 8)):
    f.op("torch.linalg.svd", f.T(*shape), gradients=False, rtol=1e-3, atol=1e-5)
    f.op("torch.linalg.svd", f.T(*shape), False, gradients=False, rtol=1e-3, atol=1e-5)
    f.op("torch.linalg.svdvals", f.T(*shape))
f.op("torch.linalg.svd", f.V([[2.0, 0.0], [0.0, 3.0]]), gradients=False)
f.op("torch.linalg.svd", f.V([[1.0, 2.0], [2.0, 4.0]]), gradients=False, atol=1e-5, note="singular")
f.op("torch.linalg.svd", f.V([[0.0, 0.0], [0.0, 0.0]]), gradients=False, note="zeros")
f.op("torch.linalg.svdvals", f.T(0, 3), gradients=False)
f.twice("torch.linalg.svdvals", f.T(3, 3))
for shape in ((3, 3), (4, 2), (2, 4)):
    f.op("torch.linalg.svd", f.T(*shape), False, rtol=1e-3, atol=1e-5, grad_atol=1e-4)
for name in ("torch.svd", "Tensor.svd"):
    f.op(name, f.T(4, 2), gradients=False, atol=1e-5)
    f.op(name, f.T(4, 2), False, gradients=False, atol=1e-5)
    f.op(name, f.T(2, 4), True, False, gradients=False, atol=1e-5)
for n in (1, 2, 3, 4, 7):
    f.op("torch.linalg.eigh", positive(n), gradients=False, rtol=1e-3, atol=1e-5)
f.op("torch.linalg.eigh", near(3), gradients=False, atol=1e-5, note="only the lower triangle is read")
f.op("torch.linalg.eigh", positive(3), atol=1e-5, grad_atol=1e-4)
f.op("torch.linalg.eigh", positive(3, 2), atol=1e-5, grad_atol=1e-4)
f.op("torch.linalg.eigh", f.V([[2.0, 0.0], [0.0, 1.0]]), gradients=False)
f.op("torch.linalg.eigvalsh", positive(4, 2))
f.op("torch.linalg.eigvalsh", near(3), "U", gradients=False)
f.twice("torch.linalg.eigvalsh", positive(3))

# --- rank, pseudoinverse, least squares -----------------------------------------------------------------------------
f.op("torch.linalg.matrix_rank", f.V(BATCH))
f.op("torch.linalg.matrix_rank", f.T(3, 5))
f.program("""
    A = torch.tensor([[[2., 0.], [0., 0.01]], [[3., 0.], [0., 1.]]])
    rank, pinv = torch.linalg.matrix_rank, torch.linalg.pinv
    return [rank(A), rank(A, atol=0.1), rank(A, rtol=0.1), rank(A, atol=torch.tensor([0., 2.])), pinv(A, atol=0.1), pinv(A, rtol=0.1, hermitian=True)]
""", """
    const A = torch.tensor([[[2, 0], [0, 0.01]], [[3, 0], [0, 1]]]);
    const { matrixRank: rank, pinv } = torch.linalg;
    return [rank(A), rank(A, { atol: 0.1 }), rank(A, { rtol: 0.1 }), rank(A, { atol: torch.tensor([0, 2]) }), pinv(A, { atol: 0.1 }), pinv(A, { rtol: 0.1, hermitian: true })];
""", note="tolerances")
f.op("torch.linalg.matrix_rank", f.V(SINGULAR), hermitian=True)
for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 2)):
    f.op("torch.linalg.pinv", f.T(*shape), grad_atol=1e-4)
f.op("torch.linalg.pinv", f.V(SINGULAR, grad=False))
f.op("torch.pinverse", near(3))
f.op("torch.pinverse", f.V([[2.0, 0.0], [0.0, 0.01]], grad=False), 0.1)
f.op("Tensor.pinverse", f.T(3, 2))
f.twice("torch.linalg.pinv", f.T(3, 2), grad_atol=1e-4)
f.op("torch.linalg.lstsq", f.T(4, 2), f.T(4, 1), gradients=False)
f.op("torch.linalg.lstsq", f.T(4, 2), f.T(4, 3), gradients=False)
f.op("torch.linalg.lstsq", f.T(2, 4, 2), f.T(2, 4, 1), gradients=False)
f.op("torch.linalg.lstsq", f.T(2, 3), f.T(2, 1), gradients=False, note="wide")
f.op("torch.linalg.lstsq", f.V([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]), f.T(3, 1), gradients=False, note="no full rank", atol=1e-5)
for driver in ("gels", "gelsd", "gelss", "gelsy"):
    f.op("torch.linalg.lstsq", f.T(4, 2), f.T(4, 2), None, driver=driver, gradients=False, atol=1e-5)
f.program("""
    A = torch.tensor([[1., 2.], [3., 4.], [5., 7.]], requires_grad=True)
    B = torch.tensor([[1.], [2.], [4.]], requires_grad=True)
    return list(torch.autograd.grad((torch.linalg.lstsq(A, B).solution * torch.tensor([[1.], [2.]])).sum(), [A, B]))
""", """
    const A = torch.tensor([[1, 2], [3, 4], [5, 7]], { requiresGrad: true });
    const B = torch.tensor([[1], [2], [4]], { requiresGrad: true });
    return torch.autograd.grad(torch.linalg.lstsq(A, B).solution.mul(torch.tensor([[1], [2]])).sum(), [A, B]);
""", note="gradients of least squares", rtol=1e-3, atol=1e-4)

# --- norms ----------------------------------------------------------------------------------------------------------
for ord in ("fro", "nuc", INF, -INF, 1, -1, 2, -2):
    f.op("torch.linalg.matrix_norm", f.T(3, 4), ord)
    f.op("torch.linalg.matrix_norm", f.T(2, 3, 2), ord)
    f.op("torch.linalg.matrix_norm", f.T(2, 3, 4), ord, [0, 2])
    f.op("torch.linalg.matrix_norm", f.T(2, 3, 5), ord, [2, 0], True)
    f.op("torch.linalg.norm", f.T(3, 4), ord)
    f.op("torch.linalg.norm", f.T(2, 3, 4), ord, [1, 0], True)
    f.op("torch.linalg.cond", near(3), ord, gradients=False)
f.twice("torch.linalg.matrix_norm", f.T(3, 2))
f.twice("torch.linalg.matrix_norm", f.T(3, 2), "nuc")
for ord in (0, 0.5, 1, 2, 3, -1, INF, -INF):
    f.op("torch.linalg.vector_norm", f.T(5, low=0.2), ord)
    f.op("torch.linalg.vector_norm", f.T(3, 4), ord, 1)
    f.op("torch.linalg.vector_norm", f.T(3, 4, 2), ord, [0, -1], True)
    f.op("torch.linalg.norm", f.T(5), ord)
    f.op("torch.linalg.norm", f.T(3, 4), ord, 0)
    f.op("torch.linalg.norm", f.T(3, 4), ord, [1], True)
f.op("torch.linalg.norm", f.T(2, 3, 4))
f.op("torch.linalg.norm", f.T(3, 4))
f.op("torch.linalg.norm", f.T(2, 3, 4), None, [0, 2])
f.op("torch.linalg.norm", f.T(2, 3), 2, 1, False, dtype=torch.float32, gradients=False)
f.op("torch.linalg.matrix_norm", f.T(2, 3), 1, [0, 1], False, dtype=torch.float32, gradients=False)
f.op("torch.linalg.cond", near(3))
f.op("torch.linalg.cond", near(3, 2))
f.op("torch.linalg.cond", f.T(4, 2))
f.op("torch.linalg.cond", f.V(BATCH, grad=False), 1)

# --- products -------------------------------------------------------------------------------------------------------
for name in ("torch.linalg.matrix_power", "torch.matrix_power", "Tensor.matrix_power"):
    for n in (0, 1, 3, -1, -2):
        f.op(name, near(3), n, rtol=1e-3, atol=1e-5, gradients=n != 0)
f.op("torch.linalg.matrix_power", near(3, 2), 5, rtol=1e-3)
f.twice("torch.linalg.matrix_power", near(3), 3, rtol=1e-3, atol=1e-5)
f.op("torch.linalg.multi_dot", [f.T(2, 3), f.T(3, 4)])
f.op("torch.linalg.multi_dot", [f.T(2, 3), f.T(3, 7), f.T(7, 1), f.T(1, 4)])
f.op("torch.linalg.multi_dot", [f.T(3), f.T(3, 4), f.T(4)])
f.op("torch.linalg.multi_dot", [f.T(3), f.T(3, 4)])
f.op("torch.linalg.multi_dot", [f.T(2, 3), f.T(3)])
for name in ("torch.linalg.matrix_exp", "torch.matrix_exp", "Tensor.matrix_exp"):
    f.op(name, f.T(3, 3))
    f.op(name, f.T(2, 2, 2))
    f.twice(name, f.T(3, 3, low=-0.5, high=0.5))
f.op("torch.linalg.matrix_exp", f.T(3, 3, low=-6, high=6), rtol=1e-3, atol=1e-3)
f.op("torch.linalg.matrix_exp", f.T(1, 1))
f.op("torch.linalg.matmul", f.T(2, 3), f.T(3, 2))
f.op("torch.linalg.vecdot", f.T(2, 3), f.T(2, 3))
f.op("torch.linalg.vecdot", f.T(2, 3), f.T(2, 3), dim=0)
f.op("torch.linalg.cross", f.T(2, 3), f.T(2, 3))
f.op("torch.linalg.cross", f.T(3, 2), f.T(3, 2), dim=0)
f.op("torch.linalg.cross", f.T(1, 3), f.T(4, 3))
f.op("torch.linalg.diagonal", f.T(2, 3, 4))
f.op("torch.linalg.diagonal", f.T(2, 3, 4), offset=1)
f.op("torch.linalg.diagonal", f.T(2, 3, 4), dim1=0, dim2=1, offset=-1)
f.op("torch.linalg.vander", f.T(3))
f.op("torch.linalg.vander", f.T(2, 3), N=4)
f.op("torch.linalg.vander", f.V([1, 2, 3]))
f.op("torch.vander", f.T(3, grad=False))
f.op("torch.vander", f.T(3, grad=False), 4)
f.op("torch.vander", f.T(3, grad=False), 2, True)

# --- by name --------------------------------------------------------------------------------------------------------
f.op("torch.linalg.norm", f.T(2, 3, 4), ord=2, dim=[0, 1], keepdim=True)
f.op("torch.linalg.norm", f.T(3, 4), dim=0)
f.op("torch.linalg.vector_norm", f.T(3, 4), 3, dim=0)
f.op("torch.linalg.matrix_norm", f.T(2, 3, 4), dim=[0, 1], ord=1)
f.op("torch.linalg.svd", f.T(4, 2), full_matrices=False, gradients=False, atol=1e-5)
f.op("torch.linalg.qr", f.T(4, 2), mode="complete", gradients=False)
f.op("torch.linalg.eigvalsh", near(3), UPLO="U", gradients=False)
f.op("torch.linalg.cholesky", positive(2), upper=True)
f.op("torch.linalg.lstsq", f.T(4, 2), f.T(4, 1), rcond=None, driver="gelsd", gradients=False, atol=1e-5)
f.op("torch.linalg.tensorsolve", f.T(2, 6, 3), f.T(6), dims=[0], rtol=1e-3, atol=1e-4)
f.op("torch.svd", f.T(4, 2), some=False, gradients=False, atol=1e-5)
f.op("torch.qr", f.T(4, 2), some=False, gradients=False)
f.op("torch.vander", f.T(3, grad=False), N=4, increasing=True)
f.op("torch.pinverse", near(3), rcond=1e-3)
f.op("torch.matrix_power", near(2), n=2)
f.op("torch.det", input=near(2))

# --- both forms of several results ----------------------------------------------------------------------------------
f.program("""
    A = torch.tensor([[2., 1.], [1., 3.]])
    Q, R = torch.linalg.qr(A)
    values, vectors = torch.linalg.eigh(A)
    sign, log = torch.linalg.slogdet(A)
    return [Q, R, values, vectors, sign, log, torch.linalg.svd(A).S]
""", """
    const A = torch.tensor([[2, 1], [1, 3]]);
    const [Q, R] = torch.linalg.qr(A);
    const [values, vectors] = torch.linalg.eigh(A);
    const { sign, logabsdet } = torch.linalg.slogdet(A);
    return [Q, R, values, vectors, sign, logabsdet, torch.linalg.svd(A).S];
""", note="by place and by name", atol=1e-5)

# --- errors ---------------------------------------------------------------------------------------------------------
WIDE, WHOLE = f.T(2, 3), f.I(2, 2)
for name in ("det", "slogdet", "inv", "cholesky", "eigh", "eigvalsh", "matrix_exp"):
    f.error(f"torch.linalg.{name}", WIDE)
    f.error(f"torch.linalg.{name}", f.T(3))
for name in ("det", "inv", "cholesky", "qr", "svd", "matrix_norm", "norm", "vector_norm", "pinv"):
    f.error(f"torch.linalg.{name}", WHOLE)
f.error("torch.linalg.matrix_power", WIDE, 2)
f.error("torch.linalg.matrix_power", f.V(SINGULAR), -1)
f.error("torch.linalg.inv", f.V(SINGULAR))
f.error("torch.linalg.inv", f.V(BATCH))
f.error("torch.linalg.inv_ex", f.V(BATCH), check_errors=True)
f.error("torch.inverse", f.V(SINGULAR))
f.error("torch.linalg.solve", f.V(SINGULAR), f.T(2))
f.error("torch.linalg.solve", f.V(BATCH), f.T(2, 2))
f.error("torch.linalg.solve", near(2), f.T(3))
f.error("torch.linalg.solve", near(2), f.T(3, 1))
f.error("torch.linalg.solve", near(2, 3), f.T(4, 2, 1))
f.error("torch.linalg.solve", WIDE, f.T(2))
f.error("torch.linalg.solve_triangular", WIDE, WIDE, upper=True)
f.error("torch.linalg.solve_triangular", near(2), f.T(2), upper=True)
f.error("torch.linalg.solve_triangular", near(2), f.T(3, 1), upper=True)
f.error("torch.linalg.cholesky", f.V(SINGULAR))
f.error("torch.linalg.cholesky", f.V([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]]]))
f.error("torch.cholesky", f.V([[-1.0]]))
# What isn't one of the words is refused with the form, as everywhere.
f.error("torch.linalg.eigh", near(2), "X", words="argument 'UPLO' must be \"L\" or \"U\", not \"X\"")
f.error("torch.linalg.eigh", WHOLE, words="linalg.eigh: Expected a floating point or complex tensor as input. Got Long")  # PyTorch names its kernel
f.error("torch.linalg.svd", f.T(3))
f.error("torch.linalg.svd", f.V([[NAN, 1.0], [1.0, 2.0]]))
f.error("torch.linalg.qr", f.T(3))
f.error("torch.linalg.qr", near(2), "x", words="argument 'mode' must be \"reduced\", \"complete\" or \"r\", not \"x\"")
f.error("torch.linalg.norm", f.T(2, 2, 2), 2)
f.error("torch.linalg.norm", WIDE, "x", words="argument 'ord' must be \"fro\", \"nuc\", a number or null, not \"x\"")
f.error("torch.linalg.norm", WIDE, 3)
f.error("torch.linalg.norm", f.T(3), "fro")
f.error("torch.linalg.norm", WIDE, "nuc", 0)
f.error("torch.linalg.norm", WIDE, 2, [0, 1, 0])
f.error("torch.linalg.matrix_norm", f.T(3))
f.error("torch.linalg.matrix_norm", WIDE, "fro", [0, 0])
f.error("torch.linalg.matrix_norm", WIDE, 3)
f.error("torch.linalg.cond", WIDE, 1)
f.error("torch.linalg.cond", f.T(3))
f.error("torch.linalg.cond", near(2), 3)
f.error("torch.linalg.multi_dot", [WIDE])
f.error("torch.linalg.multi_dot", [WIDE, WIDE])
f.error("torch.linalg.multi_dot", [WIDE, f.T(3, 1, 1)])
f.error("torch.linalg.pinv", f.T(3))
f.error("torch.linalg.matrix_rank", f.T(3))
f.error("torch.linalg.lstsq", f.T(3), f.T(2, 1))
f.error("torch.linalg.lstsq", WIDE, f.T(3))
f.error("torch.linalg.lstsq", f.T(3, 2), f.T(2, 1))
f.error("torch.linalg.lstsq", WIDE, f.T(2, 1), None, driver="x", words="argument 'driver' must be")
f.error("torch.linalg.lu", f.T(3))
f.error("torch.linalg.lu", near(2), pivot=False, words="linalg.lu: LU without pivoting is not implemented on the CPU")  # PyTorch names lu_factor
f.error("torch.linalg.lu_factor", f.V(SINGULAR))
f.error("torch.linalg.cross", WIDE, f.T(3, 2))
f.error("torch.linalg.vander", f.T(2), N=1)
f.error("torch.linalg.tensorinv", WIDE, 1)
f.error("torch.linalg.tensorinv", WIDE, 0)
f.error("torch.linalg.tensorsolve", WIDE, f.T(2))
f.error("torch.logdet", WIDE)
f.error("torch.pinverse", f.T(2))
f.program("""
    A = torch.ones(3, 2, requires_grad=True)
    return torch.linalg.qr(A, mode="complete")[0].sum().backward()
""", """
    const A = torch.ones(3, 2, { requiresGrad: true });
    return torch.linalg.qr(A, "complete").Q.sum().backward();
""", fails=True, words="The QR decomposition is not differentiable when mode='complete' and nrows > ncols", note="no gradient of a complete Q")
