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


@problem(_observations, small=lambda rng: _observations(rng, 2, 5, 8), wrt=(0, 1, 2))
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


PARENTS = (-1, 0, 1, 2, 3, 4, 1, 6, 7, 8, 1, 10, 11, 12, 1, 14, 15, 16, 1, 18, 19, 20)
"""For each bone of the hand the one that it hangs from: forearm, palm, and four in each finger."""


def _euler(angles):
    """Rotations about x, then z, then y, one for each row of angles."""
    cx, cz, cy = np.cos(angles).T
    sx, sz, sy = np.sin(angles).T
    rotations = np.zeros((angles.shape[0], 4, 4))
    rotations[:, 0, 0] = cz * cy
    rotations[:, 0, 1] = -sz * cx - cz * sy * sx
    rotations[:, 0, 2] = sz * sx - cz * sy * cx
    rotations[:, 1, 0] = sz * cy
    rotations[:, 1, 1] = cz * cx - sz * sy * sx
    rotations[:, 1, 2] = -cz * sx - sz * sy * cx
    rotations[:, 2, 0] = sy
    rotations[:, 2, 1] = cy * sx
    rotations[:, 2, 2] = cy * cx
    rotations[:, 3, 3] = 1.0
    return rotations


def _hand(rng, vertices=544, measured=100):
    bones = len(PARENTS)
    base_relatives = np.tile(np.eye(4), (bones, 1, 1))
    base_relatives[:, :3, 3] = rng.normal(size=(bones, 3))
    absolutes = [base_relatives[0]]
    for bone in range(1, bones):
        absolutes.append(absolutes[PARENTS[bone]] @ base_relatives[bone])
    positions = np.ones((4, vertices))
    positions[:3] = rng.normal(size=(3, vertices))
    weights = rng.random((bones, vertices))
    weights /= weights.sum(axis=0)
    return (
        rng.normal(size=26) * 0.2,
        base_relatives,
        np.linalg.inv(np.stack(absolutes)),
        positions,
        weights,
        rng.integers(0, vertices, measured),
        rng.normal(size=(measured, 3)),
    )


@problem(_hand, small=lambda rng: _hand(rng, 7, 4))
def hand_tracking(theta, base_relatives, inverse_base_absolutes, base_positions, weights, correspondences, points):
    """ADBench's `hand`: the summed squares of errors of a skinned skeleton, posed by 26 numbers, at measured points.

    A pose is a rotation and a shift of the hand, and for each finger a flexion, an abduction and two more flexions.
    """
    fingers = theta[6:].reshape(5, 4)
    angles = np.zeros((5, 4, 3))
    angles[:, 0, 0] = fingers[:, 0]
    angles[:, 0, 1] = fingers[:, 1]
    angles[:, 1, 0] = fingers[:, 2]
    angles[:, 2, 0] = fingers[:, 3]
    relatives = base_relatives.copy()
    relatives[2:] = base_relatives[2:] @ _euler(angles.reshape(20, 3))
    absolutes = [relatives[0]]
    for bone in range(1, len(PARENTS)):
        absolutes.append(absolutes[PARENTS[bone]] @ relatives[bone])
    transforms = np.stack(absolutes) @ inverse_base_absolutes
    vertices = np.zeros((3, weights.shape[1]))
    for bone in range(len(PARENTS)):
        vertices += weights[bone] * (transforms[bone, :3] @ base_positions)
    placed = _rotate(theta[np.newaxis, :3], vertices.T) + theta[3:6]
    error = points - placed[correspondences]
    return np.sum(error * error)
