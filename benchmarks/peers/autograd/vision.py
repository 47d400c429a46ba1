"""Two problems of ADBench from computer vision, for Autograd."""

import autograd.numpy as np

from benchmarks.problems.vision import PARENTS


def _rotate(rotation, points):
    angle = np.sqrt(np.sum(rotation * rotation, axis=1, keepdims=True))
    axis = rotation / angle
    cosine, sine = np.cos(angle), np.sin(angle)
    along = np.sum(axis * points, axis=1, keepdims=True)
    return points * cosine + np.cross(axis, points) * sine + axis * (along * (1.0 - cosine))


def bundle_adjustment(cams, X, w, camera, point, features):
    chosen = cams[camera]
    local = _rotate(chosen[:, 0:3], X[point] - chosen[:, 3:6])
    projected = local[:, 0:2] / local[:, 2:3]
    squares = np.sum(projected * projected, axis=1, keepdims=True)
    distortion = 1.0 + chosen[:, 9:10] * squares + chosen[:, 10:11] * squares * squares
    image = projected * distortion * chosen[:, 6:7] + chosen[:, 7:9]
    error = w[:, np.newaxis] * (image - features)
    weights = 1.0 - w * w
    return np.sum(error * error) + np.sum(weights * weights)


def _euler(angles):
    cosines, sines = np.cos(angles), np.sin(angles)
    cx, cz, cy = cosines[:, 0], cosines[:, 1], cosines[:, 2]
    sx, sz, sy = sines[:, 0], sines[:, 1], sines[:, 2]
    zero, one = np.zeros(len(angles)), np.ones(len(angles))
    rows = [
        *(cz * cy, -sz * cx - cz * sy * sx, sz * sx - cz * sy * cx, zero),
        *(sz * cy, cz * cx - sz * sy * sx, -cz * sx - sz * sy * cx, zero),
        *(sy, cy * sx, cy * cx, zero),
        *(zero, zero, zero, one),
    ]
    return np.reshape(np.stack(rows, axis=1), (-1, 4, 4))


def hand_tracking(theta, base_relatives, inverse_base_absolutes, base_positions, weights, correspondences, points):
    fingers = np.reshape(theta[6:], (5, 4))
    still = np.zeros(5)
    flexions = np.stack([fingers[:, 0], fingers[:, 2], fingers[:, 3], still], axis=1)
    abductions = np.stack([fingers[:, 1], still, still, still], axis=1)
    angles = np.stack([flexions, abductions, np.zeros((5, 4))], axis=2)
    moved = base_relatives[2:] @ _euler(np.reshape(angles, (20, 3)))
    absolutes = [base_relatives[0], base_relatives[0] @ base_relatives[1]]
    for bone in range(2, len(PARENTS)):
        absolutes.append(absolutes[PARENTS[bone]] @ moved[bone - 2])
    transforms = np.stack(absolutes) @ inverse_base_absolutes
    vertices = 0.0
    for bone in range(len(PARENTS)):
        vertices = vertices + weights[bone] * (transforms[bone, :3] @ base_positions)
    rotation = theta[np.newaxis, :3] * np.ones((vertices.shape[1], 1))
    placed = _rotate(rotation, vertices.T) + theta[3:6]
    error = points - placed[correspondences]
    return np.sum(error * error)
