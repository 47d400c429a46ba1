"""What the project wants of each class of problems: against the function itself, and against peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PEERS = ("autograd", "PyTorch", "torch.compile", "jax.jit")


@dataclass(frozen=True, eq=False)
class Class:
    """Problems that one target is set for.

    Parameters
    ----------
    title : str
        What they have in common.
    most : float
        The most that value and gradient may take, in times of the function itself.
    against : dict
        For some peers, the least that theirs may take in times of ours.
    """

    title: str
    most: float
    against: Mapping[str, float] = field(default_factory=dict)

    def least(self, peer: str) -> float | None:
        """The least that a peer may take in times of ours, if there is a target."""
        return self.against.get(peer, EVERYWHERE.get(peer))


EVERYWHERE = {"autograd": 2.0, "PyTorch": 1.0}
"""What holds for each problem."""


def _all(factor: float) -> dict[str, float]:
    return {**dict.fromkeys(PEERS, factor), "autograd": max(factor, EVERYWHERE["autograd"])}


TUTORIAL = Class("the tutorial", 1.0, _all(1.0))
TINY = Class("twenty operations on three numbers", 0.6, _all(1.0))
FORMULA = Class("formulas on whole arrays", 1.4, {"jax.jit": 1.5, "torch.compile": 1.0})
NETWORK = Class("perceptron, float32", 2.0, _all(1.05))
RECURRENT = Class("LSTM, RNN", 2.5, _all(1.2))
STENCIL = Class("stencils", 2.1, {"PyTorch": 2.0})
MIXTURE = Class("mixture of Gaussians", 1.3, {"jax.jit": 1.1})
ELEMENTS = Class("loops over elements, as written", 2.5, {"PyTorch": 50.0, "jax.jit": 1.0})
WHILE = Class("while loops", 1.7, {"jax.jit": 1.0})
OTHER = Class("others", 4.0)

GEOMETRIC_MEAN = 1.7
"""The most for the geometric mean over all problems, in times of the function itself."""
