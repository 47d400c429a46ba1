"""Two problems of ADBench from computer vision: bundle adjustment and hand tracking."""

from __future__ import annotations

import numpy as np

from benchmarks.problems.registry import problem


def _cross(a, b):
    return np.stack(
        [
            a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1],
            a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2],
            a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0],
        ],
        axis=1,
    )


def _rotate(rotation, points):
    """Rodrigues' formula, for an axis times an angle in each row."""
    angle = np.sqrt(np.sum(rotation * rotation, axis=1, keepdims=True))
    axis = rotation / angle
    cosine, sine = np.cos(angle), np.sin(angle)
    along = np.sum(axis * points, axis=1, keepdims=True)
    return points * cosine + _cross(axis, points) * sine + axis * (along * (1.0 - cosine))


def _observations(rng, cameras=20, points=1000, observations=4000):
    cams = rng.normal(size=(cameras, 11)) * 0.1
    cams[:, :3] += 0.2
    cams[:, 6] += 500.0
    X = rng.normal(size=(points, 3)) + np.array([0.0, 0.0, 5.0])
    w = rng.normal(size=observations)
    features = rng.normal(size=(observations, 2)) * 100
    return cams, X, w, rng.integers(0, cameras, observations), rng.integers(0, points, observations), features


@problem(_observations, wrt=(0, 1, 2))
def bundle_adjustment(cams, X, w, camera, point, features):
    """The summed squares of weighted reprojection errors; cameras have rotation, centre, focal length, x0 and kappa."""
    chosen = cams[camera]
    local = _rotate(chosen[:, 0:3], X[point] - chosen[:, 3:6])
    projected = local[:, 0:2] / local[:, 2:3]
    squares = np.sum(projected * projected, axis=1, keepdims=True)
    distortion = 1.0 + chosen[:, 9:10] * squares + chosen[:, 10:11] * squares * squares
    image = projected * distortion * chosen[:, 6:7] + chosen[:, 7:9]
    error = w[:, np.newaxis] * (image - features)
    weights = 1.0 - w * w
    return np.sum(error * error) + np.sum(weights * weights)


PARENTS = (-1, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 13, 14, 15, 0, 17, 18, 19)
"""For each bone of the hand the one that it hangs from."""


def _rotation(angles):
    """A rotation about x, then y, then z."""
    cx, cy, cz = np.cos(angles)
    sx, sy, sz = np.sin(angles)
    return np.array(
        [
            [cy * cz, sx * sy * cz - cx * sz, cx * sy * cz + sx * sz],
            [cy * sz, sx * sy * sz + cx * cz, cx * sy * sz - sx * cz],
            [-sy, sx * cy, cx * cy],
        ]
    )


def _hand(rng, vertices=500):
    bones = len(PARENTS)
    weights = rng.random((bones, vertices))
    weights /= weights.sum(axis=0)
    offsets = rng.normal(size=(bones, 3))
    return (
        rng.normal(size=(bones, 3)) * 0.2,
        rng.normal(size=3),
        offsets,
        weights,
        rng.normal(size=(3, vertices)),
        rng.normal(size=(3, vertices)),
    )


@problem(_hand, wrt=(0, 1))
def hand_tracking(angles, position, offsets, weights, rest, targets):
    """ADBench's `hand` in spirit: a skinned skeleton of 21 bones against points that were measured."""
    rotations = []
    origins = []
    for bone, parent in enumerate(PARENTS):
        rotation = _rotation(angles[bone])
        if parent < 0:
            rotations.append(rotation)
            origins.append(position + offsets[bone])
        else:
            rotations.append(rotations[parent] @ rotation)
            origins.append(origins[parent] + rotations[parent] @ offsets[bone])
    vertices = np.zeros(rest.shape)
    for bone in range(len(PARENTS)):
        moved = rotations[bone] @ rest + origins[bone][:, np.newaxis]
        vertices = vertices + weights[bone] * moved
    error = vertices - targets
    return np.sum(error * error)
