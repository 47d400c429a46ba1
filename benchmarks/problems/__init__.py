"""The problems: plain NumPy functions with scalar results, which every peer differentiates too."""

from benchmarks.problems import arrays, loops, networks, vision
from benchmarks.problems.registry import PROBLEMS, Problem

__all__ = ["PROBLEMS", "Problem", "arrays", "loops", "networks", "vision"]
