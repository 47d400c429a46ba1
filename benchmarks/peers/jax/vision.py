"""Two problems of ADBench from computer vision, for JAX."""

import jax.numpy as jnp

from benchmarks.problems.vision import PARENTS


def _rotate(rotation, points):
    angle = jnp.linalg.norm(rotation, axis=1, keepdims=True)
    axis = rotation / angle
    cosine, sine = jnp.cos(angle), jnp.sin(angle)
    along = jnp.sum(axis * points, axis=1, keepdims=True)
    return points * cosine + jnp.cross(axis, points) * sine + axis * (along * (1.0 - cosine))


def bundle_adjustment(cams, X, w, camera, point, features):
    chosen = cams[camera]
    local = _rotate(chosen[:, 0:3], X[point] - chosen[:, 3:6])
    projected = local[:, 0:2] / local[:, 2:3]
    squares = jnp.sum(projected * projected, axis=1, keepdims=True)
    distortion = 1.0 + chosen[:, 9:10] * squares + chosen[:, 10:11] * squares * squares
    image = projected * distortion * chosen[:, 6:7] + chosen[:, 7:9]
    error = w[:, None] * (image - features)
    weights = 1.0 - w * w
    return jnp.sum(error * error) + jnp.sum(weights * weights)


def _euler(angles):
    cx, cz, cy = jnp.cos(angles).T
    sx, sz, sy = jnp.sin(angles).T
    zero, one = jnp.zeros_like(cx), jnp.ones_like(cx)
    rows = [
        [cz * cy, -sz * cx - cz * sy * sx, sz * sx - cz * sy * cx, zero],
        [sz * cy, cz * cx - sz * sy * sx, -cz * sx - sz * sy * cx, zero],
        [sy, cy * sx, cy * cx, zero],
        [zero, zero, zero, one],
    ]
    return jnp.moveaxis(jnp.array(rows), 2, 0)


def hand_tracking(theta, base_relatives, inverse_base_absolutes, base_positions, weights, correspondences, points):
    fingers = theta[6:].reshape(5, 4)
    angles = jnp.zeros((5, 4, 3))
    angles = angles.at[:, :3, 0].set(fingers[:, jnp.array([0, 2, 3])])
    angles = angles.at[:, 0, 1].set(fingers[:, 1])
    relatives = base_relatives.at[2:].set(base_relatives[2:] @ _euler(angles.reshape(20, 3)))
    absolutes = [relatives[0]]
    for bone in range(1, len(PARENTS)):
        absolutes.append(absolutes[PARENTS[bone]] @ relatives[bone])
    transforms = jnp.stack(absolutes) @ inverse_base_absolutes
    vertices = jnp.einsum("bv,bij,jv->vi", weights, transforms[:, :3], base_positions)
    placed = _rotate(theta[None, :3], vertices) + theta[3:6]
    error = points - placed[correspondences]
    return jnp.sum(error * error)
