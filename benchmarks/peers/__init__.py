"""The peers, each with its versions of the problems, in the form that those who know it well would choose."""

from benchmarks.peers.autograd import AUTOGRAD
from benchmarks.peers.jax import JAX
from benchmarks.peers.peer import Call, Peer, as_numpy
from benchmarks.peers.torch import TORCH, TORCH_COMPILE

PEERS: dict[str, Peer] = {peer.name: peer for peer in (AUTOGRAD, TORCH, TORCH_COMPILE, JAX)}

__all__ = ["PEERS", "Call", "Peer", "as_numpy"]
