"""Points that belong to several edges: rows are added to by a function that is faster at it than `np.add.at`."""
# >>> source(edge_lengths, argnums="points", types={"points": "float64[n, 3]", "edges": "int64[m, 2]"})
# shows add_rows
# at: (rng.standard_normal((4, 3)), np.array([[0, 1], [1, 2], [1, 3], [3, 0]]))

import numpy as np


def edge_lengths(points, edges):
    return np.sum((points[edges[:, 0]] - points[edges[:, 1]]) ** 2)


# becomes

import numpy as np

from adcompiler.runtime import add_at_rows


# Gradient of edge_lengths (edge_lengths.py:9), wrt points.
def grad_edge_lengths(points, edges, out_bar=1.0):
    # forward sweep
    edges_part = edges[:, 0]
    edges_part_1 = edges[:, 1]
    # backward sweep
    # return np.sum((points[edges[:, 0]] - points[edges[:, 1]]) ** 2)
    t_bar = 2 * out_bar * (points[edges_part] - points[edges_part_1])
    points_bar = np.zeros(points.shape)
    points_bar = add_at_rows(points_bar, edges_part_1, -t_bar)
    points_bar = add_at_rows(points_bar, edges_part, t_bar)
    return points_bar