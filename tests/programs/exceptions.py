"""`raise`, `try`, `with`, `del`."""

from __future__ import annotations

import contextlib
import math
import threading

import numpy as np

from .table import X, example


class NotPositiveError(ValueError):
    """An exception of the user's."""

    def __init__(self, value, where="nowhere"):
        super().__init__(f"{value} is not positive, {where}")
        self.value = value


# Paths that end


@example(1.5)
def guarded(x):
    if x < 0:
        raise NotPositiveError(x, where="in guarded")
    if not np.isfinite(x):
        raise ValueError(f"{x:.3f} is not finite") from None
    return np.sqrt(x) * x


@example(1.5)
@example(-0.7)
@example(2.5)
def branches_of_which_one_raises(x):
    if x < 0:
        y = x * x
        z = 3.0
    elif x < 2:
        y = np.sin(x)
        z = x
    else:
        if x > 10:
            raise ValueError("large")
        y = x * 2
        z = 1.0
    return y * z + x


@example(0.3)
@example(2.3)
def last_branch_raises(x):
    if x < 1:
        return x * x
    elif x < 3:
        return np.sin(x)
    else:
        raise ValueError("large")


def _checked(x, low):
    if x < low:
        raise ValueError(f"{x} < {low}")
    return x * x


def _fails(x):
    raise ArithmeticError(x)


@example(1.5, 2.5)
def raises_in_a_called_function(x, y):
    z = _checked(x, 0.0) * _checked(y, 1.0)
    return z + _checked(x if x > 0 else _fails(x), -1.0) * y


@example(1.3)
def found_or_raised(x):
    for i in range(10):
        if x**i > 3:
            return x**i
    raise LookupError("nothing found")


@example(1.3)
def endless_loop_that_returns_or_raises(x):
    count = 0
    while True:
        x = x * 1.5
        count += 1
        if x > 10:
            return x * x
        if count > 100:
            raise RuntimeError("no convergence")


@example(1.3)
def endless_loop_that_breaks_or_raises(x):
    count = 0
    while True:
        if x > 10:
            break
        if count > 100:
            raise RuntimeError("no convergence")
        x = x * 1.5
        count += 1
    return x * x


@example(X)
def raise_in_a_loop_with_continue(x):
    total = 0.0
    for value in x:
        if value < 0:
            continue
        elif value > 5:
            raise ValueError(f"large: {value}")
        total += value * value
    return total


@example(1.3)
def loop_whose_body_always_raises(x):
    y = x
    for i in range(0 if x > 0 else 3):
        y = y * 2
        raise ValueError(i)
    return y * y


@example(1.3)
def value_that_no_path_lacks(x):
    if x > 0:
        y = x * x
    else:
        raise ValueError
    if x > 1:
        z = y * 2
    elif x > 100:
        assert False, "not here"  # noqa: B011, PT015  (the statement is the test)
    else:
        z = y
    return y * z


@example(1.3)
def raises_in_a_conditional_expression(x):
    y = x * x if x > 0 else _fails(x)
    return y * (x > -3 and x)


@example(X)
def raises_after_a_write(x):
    y = x * 1.0
    y[0] = y[1] * 3
    if y[0] > 100:
        y[1] = 5.0
        raise OverflowError(y[0])
    y[2] *= y[0]
    return np.sum(y * x)


# Names


@example(1.5)
def deletes_names(x):
    y = x * x
    z, w = y * 2, y * 3
    del y
    y = z * w
    del z, (w)
    for i in range(3):
        t = y * x
        y = t + i
        del t
    return y


scale = 2.5
shift = 0.5


@example(X)
def reads_globals(x):
    global scale, shift
    return np.sum(x * x + shift) * scale


@example(1.5)
def reads_names_of_the_enclosing_function(x):
    factor = x * 2

    def scaled(y):
        nonlocal factor
        return y * factor

    factor = x * 3
    return scaled(x) * scaled(2.0)


# `try`


@example(2.0)
@example(-2.0)
def handler_gives_another_value(x):
    try:
        y = math.sqrt(x)
    except ValueError:
        y = x * x
    return y * 3


@example(2.0)
@example(-2.0)
def returns_in_body_and_handler(x):
    try:
        return math.log(x) * x
    except (ValueError, ArithmeticError):
        return x * 2


@example(np.array([[4.0, 1.0], [1.0, 3.0]]), np.array([1.0, 2.0]), untyped=False)
@example(np.array([[1.0, 0.5], [0.5, -2.0]]), np.array([1.0, 2.0]), untyped=False)
def factor_or_shift(a, b):
    try:
        factor = np.linalg.cholesky(a @ a.T if a[1, 1] > 0 else a + a.T)
    except np.linalg.LinAlgError:
        factor = np.linalg.cholesky(a @ a.T + 3 * np.eye(len(b)))
    y = np.linalg.solve(factor, b)
    return np.sum(y * y)


@example(5.0)
@example(0.5)
def handler_raises_another_exception(x):
    try:
        y = math.log(x)
    except ValueError as error:
        raise ArithmeticError("not positive") from error
    else:
        y = y * x
    return y * y


@example(5.0)
@example(-5.0)
def with_else(x):
    z = x
    try:
        y = math.sqrt(x)
    except ValueError:
        y = x * 3
    else:
        z = y * x
        y = y + z
    return y * z


@example(3.0, 0)
@example(3.0, 1)
@example(3.0, 2)
@example(3.0, 3)
def one_of_several_handlers(x, kind):
    try:
        if kind == 1:
            raise KeyError(kind)
        elif kind == 2:
            raise ZeroDivisionError
        elif kind == 3:
            raise NotPositiveError(x)
        y = x * 2
    except KeyError:
        y = np.sin(x)
    except (ZeroDivisionError, OverflowError):
        y = x * x
    except ValueError as error:
        message = f"{error}"
        y = x * x * x
        print(message, end="")
    return y * x


@example(3.0)
@example(-3.0)
def handler_without_a_class(x):
    y = x
    try:
        y = math.sqrt(y) * y
    except:  # noqa: E722  (the syntax is the test)
        y = y * y
    return y * 2


@example(3.0)
@example(-3.0)
def handler_passes(x):
    y = x * 3
    try:
        y = math.sqrt(x)
    except ValueError:
        pass
    return y * x


@example(1.2)
def retries(x):
    count = 0
    while True:
        try:
            y = math.sqrt(x - 5) * x
        except ValueError:
            x = x * 1.5
            count += 1
            continue
        break
    return y + x * count


@example(1.2)
def retries_and_gives_up(x):
    for attempt in range(20):
        try:
            y = math.sqrt(x - 5)
            break
        except ValueError as error:
            x = x * 1.5
            if attempt > 10:
                raise RuntimeError("gave up") from error
    return x * y


@example(5.3, 9)
@example(2.3, 2)
def leaves_a_loop_from_handlers(x, n):
    total = 0.0
    for i in range(n):
        try:
            y = math.sqrt(x - i)
            z = 1 / (int(y) - 2)
        except ValueError:
            break
        except ZeroDivisionError:
            total += x
            continue
        total += y * z
    return total


@example(5.3, 9)
@example(9.3, 3)
def returns_from_a_try_in_a_loop(x, n):
    for i in range(n):
        try:
            y = math.sqrt(x - i)
            if y < 1.3:
                return y * x
        except ValueError:
            return x * 2
    return x * 3


@example(np.array([4.0, -1.0, 9.0, -2.0]))
def sum_of_what_can_be_computed(xs):
    total = 0.0
    failed = 0
    for x in xs:
        try:
            total += math.sqrt(x)
        except ValueError:
            failed += 1
            total = total * 2
    return total * failed


@example(np.array([4.0, -1.0, 9.0, -2.0]))
def writes_what_can_be_computed(xs):
    y = np.zeros(4)
    for i in range(4):
        try:
            y[i] = math.sqrt(xs[i]) * xs[0]
        except ValueError:
            y[i] = xs[i] * 3
    return np.sum(y * xs)


def _log(x, offset):
    try:
        y = math.log(x)
    except ValueError:
        if offset > 3:
            raise
        y = math.log(-x)
    return y * offset


@example(2.0)
@example(-2.0)
def try_in_called_functions(x):
    try:
        return _log(x, 5.0) + _log(x * x, 1.0)
    except ValueError:
        return _log(x, 2.0) * x


@example(2.0)
@example(-2.0)
@example(-9.0)
def nested_tries(x):
    try:
        try:
            y = math.sqrt(x)
        except ValueError:
            y = math.sqrt(x + 5)
            try:
                z = math.sqrt(x - 100)
            except ArithmeticError:
                z = 1.0
            y = y * z
    except ValueError:
        y = x * x
    return y * x


@example(np.array([1.0, 2.0, -3.0]))
@example(np.array([1.0, 2.0, 3.0]))
def floating_point_errors_that_are_raised(x):
    y = np.zeros(3)
    try:
        if np.any(x < 0):
            raise FloatingPointError("negative")
        y = np.sqrt(x)
        z = y * x
    except FloatingPointError:
        z = x * x
    return np.sum(z)


@example(2.0)
@example(-2.0)
def loop_in_a_try(x):
    y = x
    total = 0.0
    try:
        for i in range(4):
            total = total + math.sqrt(x + 1 - i * 0.1) * y
    except ValueError:
        total = y * 2
    return total * y


@example(2.0)
@example(-2.0)
def name_that_only_the_body_assigns(x):
    ok = False
    try:
        y = math.sqrt(x)
        ok = True
    except ValueError:
        pass
    if ok:
        return y * x
    return x * 5


@example(2.0)
@example(-2.0)
def exception_kept_under_another_name(x):
    problem = None
    text = ""
    try:
        y = math.sqrt(x)
    except ValueError as error:
        text = str(error)
        y = -x
    print(text, end="")
    return y * x if problem is None else x


@example(2.0)
def condition_over_a_try_that_never_raises(x):
    try:
        y = x * x
    except ValueError:
        y = x
    else:
        y = y * 2
    return y


@example(2.0)
@example(-2.0)
def body_that_always_raises(x):
    try:
        if x > 0:
            raise ValueError(x)
        raise KeyError(x)
    except ValueError:
        y = x * 2
    except KeyError:
        y = x * x
    return y * x


@example(X)
def condition_in_a_try_in_a_loop(x):
    total = 0.0
    for i in range(4):
        t = 1.0
        try:
            if i % 2 == 0:
                t = math.sqrt(x[i])
            else:
                t = math.log(abs(x[i]) - 1)
        except ValueError:
            t = x[i]
        total = total * t + x[i] * x[0]
    return total


# `finally` and `with`


@example(2.0)
@example(-2.0)
def finally_after_return_and_handler(x):
    y = x
    try:
        y = math.sqrt(x) * x
    except ValueError:
        return x * 3
    finally:
        print("", end="")
    return y * x


@example(2.0, 7)
@example(2.0, 3)
def finally_in_a_loop_that_is_left(x, n):
    total = 0.0
    for i in range(n):
        try:
            if i == 2:
                continue
            if i == 4:
                break
            total += math.sqrt(x) * i
        finally:
            print("", end="")
            x = x * 1.5
    return total * x


@example(2.0)
def finally_without_effects(x):
    try:
        y = x * x
    finally:
        z = x * 3
    return y * z


@example(2.0)
@example(-2.0)
def finally_in_a_called_function_that_raises(x):
    def root(t):
        try:
            return math.sqrt(t)
        finally:
            print("", end="")

    try:
        return root(x) * x
    except ValueError:
        return x * x * root(-x)


@example(np.array([1.0, 0.0, 2.0]))
def warnings_that_are_ignored(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 0.5, 1 / x, x * 3)
        z = np.sum(y * x)
    return z * np.sum(x)


@example(np.array([1.0, -0.5, 2.0]))
@example(np.array([1.0, 0.5, 2.0]))
def floating_point_errors_in_a_context(x):
    with np.errstate(all="raise"):
        try:
            y = np.sum(np.sqrt(x) * x)
        except FloatingPointError:
            y = np.sum(x * x)
    return y * x[0]


class Counting:
    """A context manager of the user's."""

    entered = 0
    left = 0

    def __enter__(self):
        Counting.entered += 1
        return self

    def __exit__(self, *error):
        Counting.left += 1


@contextlib.contextmanager
def counted(number):
    """A context manager made of a generator."""
    Counting.entered += number
    try:
        yield number
    finally:
        Counting.left += number


_lock = threading.Lock()


@example(4.0)
@example(2.0)
def contexts_of_several_kinds(x):
    with _lock, Counting(), counted(2):
        y = x * x
    with contextlib.suppress(ValueError, ArithmeticError):
        y = y * math.sqrt(x - 3)
    with contextlib.nullcontext(2.0) as factor:
        y = y * factor
    return y * x


@example(4.0, 5)
def contexts_that_are_left_early(x, n):
    total = 0.0
    for i in range(n):
        with Counting():
            if i == 1:
                continue
            if i == 3:
                break
            total += x * i
            if total > 100:
                return total
    return total * x


@example(0.7, 3)
@example(-0.7, 3)
def loop_left_early_after_a_try(s, n):
    try:
        r = math.log(s)
    except ValueError:
        r = 0.5
    for _ in range(n):
        s = s * r
        if s > 1:
            break
    return s
