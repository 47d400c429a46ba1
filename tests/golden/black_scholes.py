"""Arrays that do not fit the cache are worked on in blocks: forward and backward sweep in one loop."""
# >>> source(black_scholes, argnums=(3, 4), types={"S": "float64[300000]", "K": "float64[300000]", "T": "float64[300000]", "r": "float", "sigma": "float"})
# shows fold_constants
# shows block_rows
# at: (np.linspace(20.0, 30.0, 300000), np.linspace(40.0, 10.0, 300000), np.linspace(1.0, 2.0, 300000), 0.1, 0.2)

import numpy as np


def logistic_cdf(x):
    return 1.0 / (1.0 + np.exp(-1.702 * x))


def black_scholes(S, K, T, r, sigma):
    deviation = sigma * np.sqrt(T)
    d1 = (np.log(S / K) + (r + 0.5 * sigma * sigma) * T) / deviation
    d2 = d1 - deviation
    return np.mean(S * logistic_cdf(d1) - K * np.exp(-r * T) * logistic_cdf(d2))


# becomes

import numpy as np


# Gradient of black_scholes (black_scholes.py:14), wrt r, sigma.
def grad_black_scholes(S, K, T, r, sigma, out_bar=1.0):
    # forward sweep
    product = 0.5 * sigma
    total_3 = r + product * sigma
    negated = -r
    quotient = out_bar / 300000
    negated_1 = -quotient
    # forward and backward sweep
    total = 0.0
    total_1 = 0.0
    total_2 = 0.0
    for start in range(0, 300000, 32768):
        stop = start + 32768
        T_rows = T[start:stop]
        S_rows = S[start:stop]
        K_rows = K[start:stop]
        sqrt_T_rows = np.sqrt(T_rows)
        deviation = sigma * sqrt_T_rows
        d1 = (np.log(S_rows / K_rows) + total_3 * T_rows) / deviation
        d2 = d1 - deviation
        exp = np.exp(-1.702 * d1)
        total_4 = 1.0 + exp
        exp_1 = np.exp(negated * T_rows)
        exp_2 = np.exp(-1.702 * d2)
        total_5 = 1.0 + exp_2
        quotient_1 = 1.0 / total_5
        # return 1.0 / (1.0 + np.exp(-1.702 * x))
        product_1 = -(negated_1 * (K_rows * exp_1)) * quotient_1 / total_5 * exp_2
        d1_bar = -1.702 * (-(quotient * S_rows) * (1.0 / total_4) / total_4 * exp)
        d2_bar = 1.702 * product_1
        # d2 = d1 - deviation
        d1_bar -= d2_bar
        deviation_bar = 1.702 * product_1
        # d1 = (np.log(S / K) + (r + 0.5 * sigma * sigma) * T) / deviation
        deviation_bar -= d1_bar * d1 / deviation
        total_1 += (d1_bar / deviation * T_rows).sum()
        total_2 += (deviation_bar * sqrt_T_rows).sum()
        total += (negated_1 * quotient_1 * K_rows * exp_1 * T_rows).sum()
    # backward sweep
    # d1 = (np.log(S / K) + (r + 0.5 * sigma * sigma) * T) / deviation
    r_bar = total_1 - total
    sigma_bar = total_1 * product + 0.5 * total_1 * sigma
    # deviation = sigma * np.sqrt(T)
    return r_bar, sigma_bar + total_2