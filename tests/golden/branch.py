"""A branch on data."""
# >>> source(branch)
# at: (0.5,)
# at: (-0.5,)
# at most 14 lines


def branch(x):
    if x > 0:
        y = x*x
    else:
        y = -x
    return y


# becomes

# Gradient of branch (branch.py:8), wrt x.
def grad_branch(x, y_bar=1.0):
    # backward sweep
    if x > 0:
        # y = x*x
        x_bar = 2 * y_bar * x
    else:
        # y = -x
        x_bar = -y_bar
    return x_bar