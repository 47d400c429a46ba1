"""A helper that is called in many places is one pair of functions, and not repeated in each."""
# >>> source(springs, types={"P": "float64[n, 2]", "k": "float"})
# at: (rng.normal(size=(8, 2)), 1.3)

import numpy as np

EDGES = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 0), (0, 2), (2, 4), (4, 6), (6, 0), (1, 5), (3, 7))


def spring(P, k, i, j):
    d = P[i] - P[j]
    length = np.sqrt(d[0] ** 2 + d[1] ** 2)
    stretch = np.maximum(length - 1.0, 0.1 * (length - 1.0))
    return 0.5 * k * stretch**2 + 0.1 * np.exp(-length)


def springs(P, k):
    energy = 0.0
    for i, j in EDGES:
        energy += spring(P, k, i, j)
    return energy


# becomes

import numpy as np


# Forward sweep of spring (springs.py:10).
def spring_forward(P, k, i, j):
    d = P[i] - P[j]
    d_part = d[0]
    d_part_1 = d[1]
    length = np.sqrt(d_part**2 + d_part_1**2)
    product = 0.1 * (length - 1.0)
    stretch = np.maximum(length - 1.0, product)
    product_1 = 0.5 * k
    exp = np.exp(-length)
    return (
        product_1 * stretch**2 + 0.1 * exp,
        (i, j, d_part, d_part_1, length, product, stretch, product_1, exp, P.shape),
    )


# Backward sweep of spring (springs.py:10), wrt P.
def spring_backward(residuals, out_bar):
    i, j, kept, kept_1, length, kept_2, stretch, kept_3, kept_4, shape = residuals
    # backward sweep
    # stretch = np.maximum(length - 1.0, 0.1 * (length - 1.0))
    difference = length - 1.0
    # return 0.5 * k * stretch**2 + 0.1 * np.exp(-length)
    stretch_bar = 2 * out_bar * kept_3 * stretch
    # stretch = np.maximum(length - 1.0, 0.1 * (length - 1.0))
    t_bar = stretch_bar / 2
    t_bar_1 = np.where(difference < kept_2, 0, np.where(difference == kept_2, t_bar, stretch_bar))
    t_bar = np.where(kept_2 < difference, 0, np.where(kept_2 == difference, t_bar, stretch_bar))
    length_bar = 0.1 * t_bar - 0.1 * out_bar * kept_4 + t_bar_1
    # length = np.sqrt(d[0] ** 2 + d[1] ** 2)
    t_bar = 2 * (0.5 * length_bar / length)
    d_bar = np.empty(2)
    d_bar[1] = t_bar * kept_1
    d_bar[0] = t_bar * kept
    # d = P[i] - P[j]
    P_bar = np.zeros(shape)
    P_bar[j] = -d_bar
    P_bar[i] += d_bar
    return P_bar


# Gradient of springs (springs.py:17), wrt P.
def grad_springs(P, k, energy_bar=1.0):
    # forward sweep
    _, spring_residuals = spring_forward(P, k, 0, 1)
    _, spring_residuals_1 = spring_forward(P, k, 1, 2)
    _, spring_residuals_2 = spring_forward(P, k, 2, 3)
    _, spring_residuals_3 = spring_forward(P, k, 3, 4)
    _, spring_residuals_4 = spring_forward(P, k, 4, 5)
    _, spring_residuals_5 = spring_forward(P, k, 5, 6)
    _, spring_residuals_6 = spring_forward(P, k, 6, 7)
    _, spring_residuals_7 = spring_forward(P, k, 7, 0)
    _, spring_residuals_8 = spring_forward(P, k, 0, 2)
    _, spring_residuals_9 = spring_forward(P, k, 2, 4)
    _, spring_residuals_10 = spring_forward(P, k, 4, 6)
    _, spring_residuals_11 = spring_forward(P, k, 6, 0)
    _, spring_residuals_12 = spring_forward(P, k, 1, 5)
    _, spring_residuals_13 = spring_forward(P, k, 3, 7)
    # backward sweep
    # energy += spring(P, k, i, j)
    P_bar = spring_backward(spring_residuals_13, energy_bar)
    P_bar_1 = spring_backward(spring_residuals_12, energy_bar)
    t_bar = P_bar + P_bar_1
    P_bar = spring_backward(spring_residuals_11, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_10, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_9, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_8, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_7, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_6, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_5, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_4, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_3, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_2, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals_1, energy_bar)
    t_bar = t_bar + P_bar
    P_bar = spring_backward(spring_residuals, energy_bar)
    return t_bar + P_bar