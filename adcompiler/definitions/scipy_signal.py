"""Filters of SciPy's in terms of others."""

from __future__ import annotations

import numpy as np
import scipy.signal

from adcompiler import runtime
from adcompiler.definitions.table import define


def detrend(data, axis=-1, type="linear", bp=0):
    """What is left without the trend: the mean, or the line that fits best."""
    if type in ("constant", "c"):
        return data - np.mean(data, axis=axis, keepdims=True)
    return runtime.without_trend(data, axis=axis, breaks=bp)


def sosfilt(sos, x, axis=-1):
    """One filter of second order after the other."""
    for section in sos:
        x = scipy.signal.lfilter(section[:3], section[3:], x, axis=axis)
    return x


define(
    scipy.signal.detrend,
    detrend,
    spelling="scipy.signal.detrend",
    at=(((5,),), ((5, 2), {"axis": 0, "type": "constant"}), ((2, 6), {"bp": 3})),
)
define(
    scipy.signal.sosfilt,
    sosfilt,
    spelling="scipy.signal.sosfilt",
    at=((np.array([[1.0, 0.3, 0.1, 1.0, 0.2, -0.1], [0.5, 0.1, 0.0, 1.0, -0.3, 0.2]]), (6,)),),
)
