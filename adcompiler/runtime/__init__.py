"""The few functions that generated code may call besides NumPy's.

Each is plain NumPy and stands alone, so that `--standalone` output can carry its source.
"""

from adcompiler.runtime.activations import (
    elu,
    erf,
    gelu,
    gelu_by_tanh,
    hardtanh,
    leaky_relu,
    log_loss,
    log_softmax,
    logsumexp,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
)
from adcompiler.runtime.broadcasting import unbroadcast
from adcompiler.runtime.casting import cast_like
from adcompiler.runtime.contractions import place_on_diagonal, rebroadcast
from adcompiler.runtime.convolutions import cut_overlap, uncut_overlap
from adcompiler.runtime.counting import occurrences
from adcompiler.runtime.differences import diff_bar, padded_places, unpad
from adcompiler.runtime.extremes import add_at_extremes, tied_shares
from adcompiler.runtime.insertion import delete_bar, insert_array_bar, insert_values_bar
from adcompiler.runtime.linalg import (
    cofactors,
    cofactors_slope,
    eig,
    eigvals,
    matrix_power,
    phase_free,
    without_rotation,
)
from adcompiler.runtime.lists import add_items, split_like, unbroadcast_items, zero_items
from adcompiler.runtime.objects import instance
from adcompiler.runtime.parts import spread_parts
from adcompiler.runtime.pooling import pool_places, pool_sides, window_means, window_means_bar
from adcompiler.runtime.products import (
    cross_of_three,
    dot_left_bar,
    dot_right_bar,
    inner_left_bar,
    inner_right_bar,
    matmul_left_bar,
    matmul_right_bar,
    tensordot_left_bar,
    tensordot_right_bar,
)
from adcompiler.runtime.quantiles import quantile_slopes, quantile_weights
from adcompiler.runtime.rearranging import diagonal_bar, repeat_bar, scatter_along_axis, tile_bar, unstack
from adcompiler.runtime.reductions import product_of_others
from adcompiler.runtime.rows import add_at_rows
from adcompiler.runtime.running import delayed, extreme_so_far, recurrence
from adcompiler.runtime.scipy_matrices import (
    banded_outer,
    banded_product,
    banded_solution,
    banded_transpose,
    eigh_of_two,
    matrix_function_slope,
    permutation_of,
    real_matrix_function,
    right_polar,
)
from adcompiler.runtime.scipy_signals import (
    convolution_first_bar,
    convolution_second_bar,
    lagged_products,
    without_trend,
)
from adcompiler.runtime.scipy_solvers import (
    gauss_legendre,
    integral_of,
    integral_of_bar,
    least_squares_of,
    least_squares_of_bar,
    minimum_of,
    minimum_of_bar,
    parameter_count,
    root_of,
    root_of_bar,
)
from adcompiler.runtime.scipy_sparse import interpolated, iterated_solution, sparse_product, sparse_solution
from adcompiler.runtime.scipy_special import (
    beta_moment,
    ellipeinc_slope,
    ellipkinc_slope,
    gamma_moment,
    kve_slope,
    stdtr_slope,
    weighted_logsumexp,
    zeta_slope,
)
from adcompiler.runtime.scipy_trajectories import states_at, states_at_bar, trajectory, trajectory_bar
from adcompiler.runtime.scipy_transforms import real_transform, real_transform_bar
from adcompiler.runtime.special import i1, polygamma
from adcompiler.runtime.spectra import double_mirrored, fit_shape
from adcompiler.runtime.windows import conv, conv_input_bar, conv_kernel_bar
from adcompiler.runtime.writing import last_in_order, lasting_writes, selected_axes

__all__ = [
    "add_at_extremes",
    "add_at_rows",
    "add_items",
    "banded_outer",
    "banded_product",
    "banded_solution",
    "banded_transpose",
    "beta_moment",
    "cast_like",
    "cofactors",
    "cofactors_slope",
    "conv",
    "conv_input_bar",
    "conv_kernel_bar",
    "convolution_first_bar",
    "convolution_second_bar",
    "cross_of_three",
    "cut_overlap",
    "delayed",
    "delete_bar",
    "diagonal_bar",
    "diff_bar",
    "dot_left_bar",
    "dot_right_bar",
    "double_mirrored",
    "eig",
    "eigh_of_two",
    "eigvals",
    "ellipeinc_slope",
    "ellipkinc_slope",
    "elu",
    "erf",
    "extreme_so_far",
    "fit_shape",
    "gamma_moment",
    "gauss_legendre",
    "gelu",
    "gelu_by_tanh",
    "hardtanh",
    "i1",
    "inner_left_bar",
    "inner_right_bar",
    "insert_array_bar",
    "insert_values_bar",
    "instance",
    "integral_of",
    "integral_of_bar",
    "interpolated",
    "iterated_solution",
    "kve_slope",
    "lagged_products",
    "last_in_order",
    "lasting_writes",
    "leaky_relu",
    "least_squares_of",
    "least_squares_of_bar",
    "log_loss",
    "log_softmax",
    "logsumexp",
    "matmul_left_bar",
    "matmul_right_bar",
    "matrix_function_slope",
    "matrix_power",
    "minimum_of",
    "minimum_of_bar",
    "occurrences",
    "padded_places",
    "parameter_count",
    "permutation_of",
    "phase_free",
    "place_on_diagonal",
    "polygamma",
    "pool_places",
    "pool_sides",
    "product_of_others",
    "quantile_slopes",
    "quantile_weights",
    "real_matrix_function",
    "real_transform",
    "real_transform_bar",
    "rebroadcast",
    "recurrence",
    "relu",
    "repeat_bar",
    "right_polar",
    "root_of",
    "root_of_bar",
    "scatter_along_axis",
    "selected_axes",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "sparse_product",
    "sparse_solution",
    "split_like",
    "spread_parts",
    "states_at",
    "states_at_bar",
    "stdtr_slope",
    "tensordot_left_bar",
    "tensordot_right_bar",
    "tied_shares",
    "tile_bar",
    "trajectory",
    "trajectory_bar",
    "unbroadcast",
    "unbroadcast_items",
    "uncut_overlap",
    "unpad",
    "unstack",
    "weighted_logsumexp",
    "window_means",
    "window_means_bar",
    "without_rotation",
    "without_trend",
    "zero_items",
    "zeta_slope",
]
