"""A sum of quotients is the quotient of a sum."""
# >>> source(partition, argnums="temperature", types={"energies": "float64[n]", "temperature": "float64"})
# shows push_sums
# at: (np.array([0.5, -1.2, 2.0, 0.3]), 1.3)

import numpy as np


def partition(energies, temperature):
    return np.sum(np.exp(energies / temperature))


# becomes

import numpy as np


# Gradient of partition (partition.py:9), wrt temperature.
def grad_partition(energies, temperature, out_bar=1.0):
    # forward sweep
    quotient = energies / temperature
    # backward sweep
    # return np.sum(np.exp(energies / temperature))
    temperature_bar = -(out_bar * np.exp(quotient) * quotient).sum() / temperature
    return temperature_bar