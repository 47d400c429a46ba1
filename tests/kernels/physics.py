"""Bodies that attract each other, and electrons in nanostructures."""

from __future__ import annotations

import numpy as np

from tests.kernels.registry import kernel


def get_acc(pos, mass, G, softening):
    """The acceleration of each body by Newton's law, softened at small distances."""
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]

    dx = x.T - x
    dy = y.T - y
    dz = z.T - z

    inv_r3 = dx**2 + dy**2 + dz**2 + softening**2
    inv_r3[inv_r3 > 0] = inv_r3[inv_r3 > 0] ** (-1.5)

    ax = G * (dx * inv_r3) @ mass
    ay = G * (dy * inv_r3) @ mass
    az = G * (dz * inv_r3) @ mass
    return np.hstack((ax, ay, az))


def get_energy(pos, vel, mass, G):
    """Kinetic and potential energy."""
    KE = 0.5 * np.sum(mass * vel**2)

    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]

    dx = x.T - x
    dy = y.T - y
    dz = z.T - z

    inv_r = np.sqrt(dx**2 + dy**2 + dz**2)
    inv_r[inv_r > 0] = 1.0 / inv_r[inv_r > 0]

    tmp = -(mass * mass.T) * inv_r
    PE = G * np.sum(np.triu(tmp, 1))
    return KE, PE


def _nbody_arguments(rng, N=4, Nt=3):
    return 20.0 * np.ones((N, 1)) / N, rng.normal(size=(N, 3)), rng.normal(size=(N, 3)), N, Nt, 0.01, 1.0, 0.1


@kernel(_nbody_arguments)
def nbody(mass, pos, vel, N, Nt, dt, G, softening):
    # Convert to the centre-of-mass frame
    vel -= np.mean(mass * vel, axis=0) / np.mean(mass)

    acc = get_acc(pos, mass, G, softening)

    KE = np.ndarray(Nt + 1, dtype=np.float64)
    PE = np.ndarray(Nt + 1, dtype=np.float64)
    KE[0], PE[0] = get_energy(pos, vel, mass, G)

    t = 0.0
    for i in range(Nt):
        vel += acc * dt / 2.0  # kick
        pos += vel * dt  # drift
        acc = get_acc(pos, mass, G, softening)
        vel += acc * dt / 2.0  # kick
        t += dt
        KE[i + 1], PE[i + 1] = get_energy(pos, vel, mass, G)

    return KE, PE


def _complex(rng, *shape):
    return rng.random(shape) + 1j * rng.random(shape)


def _contour_arguments(rng, NR=4, NM=2, slab_per_bc=2, num_int_pts=3):
    Ham = _complex(rng, slab_per_bc + 1, NR, NR)
    int_pts = np.exp(2j * np.pi * np.arange(num_int_pts) / num_int_pts) * rng.uniform(0.5, 1.5, num_int_pts)
    return NR, NM, slab_per_bc, Ham, int_pts, _complex(rng, NR, NM)


@kernel(_contour_arguments)
def contour_integral(NR, NM, slab_per_bc, Ham, int_pts, Y):
    P0 = np.zeros((NR, NM), dtype=np.complex128)
    P1 = np.zeros((NR, NM), dtype=np.complex128)
    for z in int_pts:
        Tz = np.zeros((NR, NR), dtype=np.complex128)
        for n in range(slab_per_bc + 1):
            zz = np.power(z, slab_per_bc / 2 - n)
            Tz += zz * Ham[n]
        if NR == NM:
            X = np.linalg.inv(Tz)
        else:
            X = np.linalg.solve(Tz, Y)
        if abs(z) < 1.0:
            X = -X
        P0 += X
        P1 += z * X
    return P0, P1


def _self_energies_arguments(rng, Nkz=2, NE=3, Nqz=2, Nw=2, N3D=2, NA=3, NB=2, Norb=2):
    neigh_idx = np.array([[(a + b + 1) % NA for b in range(NB)] for a in range(NA)])
    return (
        neigh_idx,
        _complex(rng, NA, NB, N3D, Norb, Norb),
        _complex(rng, Nkz, NE, NA, Norb, Norb),
        _complex(rng, Nqz, Nw, NA, NB, N3D, N3D),
        np.zeros((Nkz, NE, NA, Norb, Norb), dtype=np.complex128),
    )


@kernel(_self_energies_arguments, of="Sigma")
def scattering_self_energies(neigh_idx, dH, G, D, Sigma):
    for k in range(G.shape[0]):
        for E in range(G.shape[1]):
            for q in range(D.shape[0]):
                for w in range(D.shape[1]):
                    for i in range(D.shape[-2]):
                        for j in range(D.shape[-1]):
                            for a in range(neigh_idx.shape[0]):
                                for b in range(neigh_idx.shape[1]):
                                    if E - w >= 0:
                                        dHG = G[k, E - w, neigh_idx[a, b]] @ dH[a, b, i]
                                        dHD = dH[a, b, j] * D[q, w, a, b, i, j]
                                        Sigma[k, E, a] += dHG @ dHD
