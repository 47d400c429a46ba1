"""Special functions of SciPy."""

from __future__ import annotations

import numpy as np
import scipy.special as sp

from .table import M, P, U, X, Y, covers, torch

ANY = [0.7, X, M]
POSITIVE = [0.7, P]
ORDER = np.array([0.5, 1.0, 2.3, 3.0])
"""Orders and other parameters, of which some are integers."""
EDGES = np.array([-1.0, -30.0, -0.0, 0.0, 1.0, 2.0, 30.0])
PAIRS_OF_EDGES = [tuple(grid.ravel() for grid in np.meshgrid(EDGES, EDGES))]


@covers("scipy.special", "gamma", at=[0.7, X])
def gamma(x):
    return sp.gamma(x)


@covers("scipy.special", "gammaln", at=POSITIVE, kinks=[EDGES], torch="special.gammaln")
def gammaln(x):
    return sp.gammaln(x)


@covers("scipy.special", "rgamma", at=[0.7, X])
def rgamma(x):
    return sp.rgamma(x)


@covers("scipy.special", "digamma / psi", at=POSITIVE, torch=lambda x: 2 * torch.special.digamma(x))
def digamma(x):
    return sp.digamma(x) + sp.psi(x)


@covers("scipy.special", "polygamma", at=POSITIVE, torch=lambda x: torch.special.polygamma(2, x))
def polygamma(x):
    return sp.polygamma(2, x)


@covers(
    "scipy.special",
    "multigammaln",
    at=[3.7, 2 + P],
    torch=lambda x: torch.special.multigammaln(x, 3),
)
def multigammaln(x):
    return sp.multigammaln(x, 3)


@covers("scipy.special", "gammainc", at=[(1.3, 0.7), (ORDER, P)], wrt=(1,), torch="special.gammainc")
def gammainc(a, x):
    return sp.gammainc(a, x)


@covers(
    "scipy.special",
    "gammaincc",
    at=[(1.3, 0.7), (ORDER, P)],
    wrt=(1,),
    torch="special.gammaincc",
)
def gammaincc(a, x):
    return sp.gammaincc(a, x)


@covers("scipy.special", "gammainc in a", at=[(1.3, 0.7), (ORDER, P)], wrt=(0,))
def gammainc_in_its_order(a, x):
    return sp.gammainc(a, x)


@covers("scipy.special", "beta", at=[(1.3, 0.7), (ORDER, P)])
def beta(a, b):
    return sp.beta(a, b)


@covers("scipy.special", "betaln", at=[(1.3, 0.7), (ORDER, P)])
def betaln(a, b):
    return sp.betaln(a, b)


@covers(
    "scipy.special",
    "betainc in x",
    at=[(1.3, 0.7, 0.4), (ORDER, 0.7, np.array([0.2, 0.4, 0.6, 0.9]))],
    wrt=(2,),
)
def betainc(a, b, x):
    return sp.betainc(a, b, x)


@covers("scipy.special", "erf", at=ANY, kinks=[EDGES], torch="special.erf")
def erf(x):
    return sp.erf(x)


@covers("scipy.special", "erfc", at=ANY, kinks=[EDGES], torch="special.erfc")
def erfc(x):
    return sp.erfc(x)


@covers("scipy.special", "erfcx", at=ANY, kinks=[EDGES[2:]], torch="special.erfcx")
def erfcx(x):
    return sp.erfcx(x)


@covers("scipy.special", "erfinv", at=[0.4, U], kinks=[EDGES], torch="special.erfinv")
def erfinv(x):
    return sp.erfinv(x)


@covers("scipy.special", "erfcinv", at=[0.4, 1 + U])
def erfcinv(x):
    return sp.erfcinv(x)


@covers("scipy.special", "logit", at=[0.4, np.abs(U)], kinks=[EDGES], torch="special.logit")
def logit(x):
    return sp.logit(x)


@covers(
    "scipy.special",
    "expit",
    at=ANY,
    kinks=[np.array([-800.0, 0.0, 800.0])],
    torch="special.expit",
)
def expit(x):
    return sp.expit(x)


@covers(
    "scipy.special",
    "log_expit",
    at=ANY,
    kinks=[np.array([-800.0, 0.0, 800.0])],
    torch=lambda x: torch.nn.functional.logsigmoid(x),
)
def log_expit(x):
    return sp.log_expit(x)


@covers("scipy.special", "logsumexp", at=[X, M], torch=lambda x: torch.logsumexp(x.ravel(), 0))
def logsumexp(x):
    return sp.logsumexp(x)


@covers(
    "scipy.special",
    "logsumexp",
    at=[M],
    kinks=[400 * M],
    torch=lambda x: torch.logsumexp(x, 1, keepdim=True),
)
def logsumexp_along_an_axis(x):
    return sp.logsumexp(x, axis=1, keepdims=True)


@covers("scipy.special", "logsumexp", at=[M], torch=lambda x: torch.logsumexp(x, (0, 1)))
def logsumexp_along_several_axes(x):
    return sp.logsumexp(x, axis=(0, -1))


@covers("scipy.special", "logsumexp", at=[(X, Y)])
def logsumexp_with_signs(x, b):
    return sp.logsumexp(x, b=b, return_sign=True)


@covers("scipy.special", "softmax", at=[X, M], torch=lambda x: torch.softmax(x.ravel(), 0).reshape(x.shape))
def softmax_of_all(x):
    return sp.softmax(x)


@covers(
    "scipy.special",
    "huber",
    at=[X],
    kinks=[EDGES],
    torch=lambda x: torch.nn.functional.huber_loss(x, 0 * x, reduction="none"),
)
def huber_of_one(x):
    return sp.huber(1.0, x)


@covers("scipy.special", "gammaincinv", at=[(1.3, 0.4), (ORDER, np.abs(U))])
def gammaincinv(a, p):
    return sp.gammaincinv(a, p) + sp.gammainccinv(a, p)


@covers("scipy.special", "betainc", at=[(1.3, 0.7, 0.4), (ORDER, 0.7, np.abs(U))])
def betainc_in_its_parameters(a, b, x):
    return sp.betainc(a, b, x)


@covers("scipy.special", "zeta", at=[2.3, 1 + P])
def zeta_of_riemann(s):
    return sp.zeta(s)


@covers("scipy.special", "ellipkinc", at=[(0.7, 0.4), (X, U)], order=1)
def ellipkinc(phi, m):
    return sp.ellipkinc(phi, m) * sp.ellipeinc(phi, m)


@covers("scipy.special", "ellipj", at=[(0.7, 0.4), (X, np.abs(U))], order=1)
def ellipj(u, m):
    return sp.ellipj(u, m)


@covers("scipy.special", "spherical_jn", at=[(2, 0.7), (0, P)])
def spherical_jn(n, x):
    return sp.spherical_jn(n, x) + sp.spherical_in(n, x, derivative=True)


@covers("scipy.special", "sph_harm_y", at=[(2, 1, 0.7, 0.4), (3, -2, P, X)])
def sph_harm_y(n, m, theta, phi):
    return sp.sph_harm_y(n, m, theta, phi)


@covers("scipy.special", "boxcox", at=[(0.7, 0.4), (P, X), (P, 0.0 * X)])
def boxcox(x, power):
    return sp.boxcox(x, power) + sp.inv_boxcox(0.1 * x, power)


@covers("scipy.special", "logsumexp", at=[(X, P)])
def logsumexp_with_weights(x, b):
    return sp.logsumexp(x, b=b)


@covers("scipy.special", "softmax", at=[M], kinks=[400 * M], torch=lambda x: torch.softmax(x, 1))
def softmax(x):
    return sp.softmax(x, axis=1)


@covers(
    "scipy.special",
    "log_softmax",
    at=[M],
    kinks=[400 * M],
    torch=lambda x: torch.log_softmax(x, 1),
)
def log_softmax(x):
    return sp.log_softmax(x, axis=1)


@covers("scipy.special", "xlogy", at=[(0.7, 1.3), (X, P)], kinks=PAIRS_OF_EDGES, torch="special.xlogy")
def xlogy(x, y):
    return sp.xlogy(x, y)


@covers("scipy.special", "xlog1py", at=[(0.7, 1.3), (X, U)], kinks=PAIRS_OF_EDGES, torch="special.xlog1py")
def xlog1py(x, y):
    return sp.xlog1py(x, y)


@covers("scipy.special", "entr", at=POSITIVE, kinks=[EDGES], torch="special.entr")
def entr(x):
    return sp.entr(x)


@covers("scipy.special", "rel_entr", at=[(0.7, 1.3), (P, ORDER)])
def rel_entr(x, y):
    return sp.rel_entr(x, y)


@covers("scipy.special", "kl_div", at=[(0.7, 1.3), (P, ORDER)])
def kl_div(x, y):
    return sp.kl_div(x, y)


@covers("scipy.special", "huber / pseudo_huber", at=[(0.7, 0.3), (ORDER[:, None], X)])
def huber(delta, x):
    return sp.huber(delta, x)


@covers("scipy.special", "huber / pseudo_huber", at=[(0.7, 0.3), (ORDER, X)])
def pseudo_huber(delta, x):
    return sp.pseudo_huber(delta, x)


@covers("scipy.special", "ndtr", at=ANY, kinks=[EDGES], torch="special.ndtr")
def ndtr(x):
    return sp.ndtr(x)


@covers(
    "scipy.special",
    "log_ndtr",
    at=ANY,
    kinks=[np.array([-40.0, 0.0, 9.0])],
    torch="special.log_ndtr",
)
def log_ndtr(x):
    return sp.log_ndtr(x)


@covers("scipy.special", "ndtri", at=[0.4, np.abs(U)], kinks=[EDGES], torch="special.ndtri")
def ndtri(x):
    return sp.ndtri(x)


@covers("scipy.special", "zeta", at=[(2.3, 0.7), (1 + P, ORDER)], wrt=(1,))
def zeta(s, q):
    return sp.zeta(s, q)


@covers("scipy.special", "spence", at=[1.3, P])
def spence(x):
    return sp.spence(x)


@covers("scipy.special", "expi", at=[0.7, X])
def expi(x):
    return sp.expi(x)


@covers("scipy.special", "exp1", at=POSITIVE)
def exp1(x):
    return sp.exp1(x)


@covers("scipy.special", "expn", at=[(3, 0.7), (2, P)])
def expn(n, x):
    return sp.expn(n, x)


@covers("scipy.special", "sici", at=[0.7, P])
def sici(x):
    si, ci = sp.sici(x)
    return si, ci


@covers("scipy.special", "j0 / j1", at=ANY)
def j0(x):
    return sp.j0(x) * sp.j1(x)


@covers("scipy.special", "y0 / y1", at=POSITIVE)
def y0(x):
    return sp.y0(x) + sp.y1(x)


@covers("scipy.special", "jn / jv (in x)", at=[(2.0, 0.7), (ORDER, P)], wrt=(1,))
def jv(n, x):
    return sp.jv(n, x) + sp.jn(n, x)


@covers("scipy.special", "yn (in x)", at=[(2, 0.7), (1, P)])
def yn(n, x):
    return sp.yn(n, x)


@covers("scipy.special", "i0 / i1", at=ANY, kinks=[EDGES], torch=lambda x: torch.special.i0(x) * torch.special.i1(x))
def i0(x):
    return sp.i0(x) * sp.i1(x)


@covers(
    "scipy.special",
    "i0e / i1e",
    at=ANY,
    kinks=[EDGES],
    torch=lambda x: torch.special.i0e(x) * torch.special.i1e(x),
)
def i0e(x):
    return sp.i0e(x) * sp.i1e(x)


@covers("scipy.special", "iv (in x)", at=[(2.0, 0.7), (ORDER, P)], wrt=(1,))
def iv(n, x):
    return sp.iv(n, x)


@covers("scipy.special", "ive (in x)", at=[(2.0, 0.7), (ORDER, P)], wrt=(1,))
def ive(n, x):
    return sp.ive(n, x)


@covers("scipy.special", "k0 / k1", at=POSITIVE)
def k0(x):
    return sp.k0(x) * sp.k1(x)


@covers("scipy.special", "kv", at=[(2.0, 0.7), (ORDER, P)], wrt=(1,))
def kv(n, x):
    return sp.kv(n, x)


@covers("scipy.special", "kv", at=[(1.5, 0.7), (ORDER, P)])
def matern(order, distance):
    scaled = np.sqrt(2 * order) * distance
    return 2 ** (1 - order) / sp.gamma(order) * scaled**order * sp.kv(order, scaled)


@covers("scipy.special", "ellipk", at=[0.4, U])
def ellipk(m):
    return sp.ellipk(m)


@covers("scipy.special", "airy", at=ANY)
def airy(x):
    ai, aip, bi, bip = sp.airy(x)
    return ai, aip, bi, bip


@covers("scipy.special", "lambertw", at=POSITIVE)
def lambertw(x):
    return np.real(sp.lambertw(x))


@covers("scipy.special", "hyp1f1", at=[(1.3, 2.2, 0.4), (ORDER, 2.2, U)], wrt=(2,))
def hyp1f1(a, b, x):
    return sp.hyp1f1(a, b, x)


@covers("scipy.special", "hyp2f1", at=[(1.3, 0.7, 2.2, 0.4), (ORDER, 0.7, 2.2, U)], wrt=(3,))
def hyp2f1(a, b, c, x):
    return sp.hyp2f1(a, b, c, x)


@covers("scipy.special", "binom", at=[(5.3, 2.2), (3 + P, ORDER)])
def binom(n, k):
    return sp.binom(n, k)


@covers("scipy.special", "poch", at=[(1.3, 0.7), (P, ORDER)])
def poch(z, m):
    return sp.poch(z, m)


@covers("scipy.special", "cosm1", at=ANY)
def cosm1(x):
    return sp.cosm1(x)


@covers("scipy.special", "sph_harm / legendre", at=[(3, 0.4), (2, U)])
def legendre(n, x):
    return sp.eval_legendre(n, x)
