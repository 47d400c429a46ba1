"""A loop over the positions of a list becomes one over its items."""
# >>> source(path_length, types={"points": "float64[n]"})
# shows walk_lists
# at: (np.array([0.5, -1.2, 2.0, 0.3]),)
# at: (np.array([0.5]),)


def path_length(points):
    segments = []
    for i in range(1, len(points)):
        segments.append(points[i] - points[i - 1])
    total = 0.0
    for i in range(len(segments)):
        total += segments[i] ** 2
    return total


# becomes

import numpy as np


# Gradient of path_length (path_length.py:8), wrt points.
def grad_path_length(points, total_bar=1.0):
    # forward sweep
    segments = []
    points_list = points.tolist()
    for i in range(1, len(points)):
        segments.append(np.float64(points_list[i] - points_list[i - 1]))
    # backward sweep
    segments_bar = []
    for segments_item in reversed(segments):
        segments_bar.append(2 * total_bar * segments_item)
    segments_bar = segments_bar[::-1]
    points_bar = [0.0] * points.shape[0]
    for i in reversed(range(1, len(points))):  # segments.append(points[i] - points[i - 1])
        t_bar = segments_bar.pop()
        points_bar[i - 1] -= t_bar
        points_bar[i] += t_bar
    return np.array(points_bar)