"""Two problems of ADBench from computer vision, for PyTorch."""

import torch

from benchmarks.problems.vision import PARENTS


def _rotate(rotation, points):
    angle = torch.linalg.vector_norm(rotation, dim=1, keepdim=True)
    axis = rotation / angle
    cosine, sine = torch.cos(angle), torch.sin(angle)
    along = (axis * points).sum(1, keepdim=True)
    crossed = torch.linalg.cross(axis.expand_as(points), points)
    return points * cosine + crossed * sine + axis * (along * (1.0 - cosine))


def bundle_adjustment(cams, X, w, camera, point, features):
    chosen = cams[camera]
    local = _rotate(chosen[:, 0:3], X[point] - chosen[:, 3:6])
    projected = local[:, 0:2] / local[:, 2:3]
    squares = projected.square().sum(1, keepdim=True)
    distortion = 1.0 + chosen[:, 9:10] * squares + chosen[:, 10:11] * squares * squares
    image = projected * distortion * chosen[:, 6:7] + chosen[:, 7:9]
    error = w[:, None] * (image - features)
    return error.square().sum() + (1.0 - w * w).square().sum()


def _euler(angles):
    cx, cz, cy = torch.cos(angles).unbind(1)
    sx, sz, sy = torch.sin(angles).unbind(1)
    zero, one = torch.zeros_like(cx), torch.ones_like(cx)
    items = [
        *(cz * cy, -sz * cx - cz * sy * sx, sz * sx - cz * sy * cx, zero),
        *(sz * cy, cz * cx - sz * sy * sx, -cz * sx - sz * sy * cx, zero),
        *(sy, cy * sx, cy * cx, zero),
        *(zero, zero, zero, one),
    ]
    return torch.stack(items, 1).reshape(-1, 4, 4)


def hand_tracking(theta, base_relatives, inverse_base_absolutes, base_positions, weights, correspondences, points):
    fingers = theta[6:].reshape(5, 4)
    angles = torch.zeros((5, 4, 3), dtype=theta.dtype)
    angles[:, :3, 0] = fingers[:, [0, 2, 3]]
    angles[:, 0, 1] = fingers[:, 1]
    moved = base_relatives[2:] @ _euler(angles.reshape(20, 3))
    relatives = [*base_relatives[:2], *moved]
    absolutes = [relatives[0]]
    for bone in range(1, len(PARENTS)):
        absolutes.append(absolutes[PARENTS[bone]] @ relatives[bone])
    transforms = torch.stack(absolutes) @ inverse_base_absolutes
    vertices = torch.einsum("bv,bij,jv->vi", weights, transforms[:, :3], base_positions)
    placed = _rotate(theta[None, :3], vertices) + theta[3:6]
    return (points - placed[correspondences]).square().sum()
