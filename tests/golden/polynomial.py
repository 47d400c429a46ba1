"""One expression."""
# >>> source(polynomial)
# shows simplify_algebra
# at: (1.5,)
# at: (np.array([0.5, -1.2]),)
# at most 6 lines


def polynomial(x):
    return 3*x*x + 2*x + 1


# becomes

# Gradient of polynomial (polynomial.py:9), wrt x.
def grad_polynomial(x, out_bar=1.0):
    # backward sweep
    # return 3*x*x + 2*x + 1
    return 2 * out_bar + out_bar * (3 * x) + 3 * (out_bar * x)