"""The rest of the syntax: comprehensions, built-in functions, `match`, assignment expressions."""

import numpy as np

from .table import M, X, Y, example

# Comprehensions


@example(X, 2.0)
def list_comprehension(x, s):
    k = s
    squares = [a * k for a in (x, x * 2, s) if a is not None]
    pairs = [p * q for p, q in zip(squares, (1, 2, 3))]
    return np.sum(pairs[0] * pairs[1]) + k * pairs[2]


@example(X)
def nested_comprehension(x):
    table = [[(i + 1) * x[j] for j in range(3) if j != i] for i in range(3)]
    flat = [a for row in table for a in row if a is not None]
    return sum(flat) * table[2][1]


@example(X)
def sum_of_generator(x):
    return sum(a * a * x[0] for a in x)


@example(X, Y)
def sum_of_nested_generator(x, y):
    return sum(a * b for a in x for b in y if b > 0 if a < 1)


@example(X, 2.0)
def sum_with_start(x, s):
    return sum((s * a for a in x), start=s) + sum([x[0], x[1]], s)


@example(M)
def generator_over_rows(m):
    total = sum(row * row for row in m)
    return np.sum(total * m[0])


@example(X)
@example(-X)
def any_and_all(x):
    s = x[0] * 2
    if any(a > 1 for a in x):
        s = s * x[1]
    if all(a * s < 4 for a in x):
        s = s + x[2]
    if any(a > 3 for row in (x, x * 2) for a in row):
        s = s * x[3]
    return s


@example(X)
def any_of_known(x):
    if any((x[0] > 0, x[1] > 0)) and all([x[0] > 0, x[2] > 0]):
        return x[0] * x[1]
    return x[0]


@example(X)
def extreme_of_generator(x):
    return max(a * a - a for a in x) * min(np.sin(a) for a in x)


@example(2.0, 3.0, -1.0)
def extreme_by_key(a, b, c):
    return max((a, b, c), key=lambda t: t * t) * min([a, b, c], key=abs) + max((), default=a)


@example(X)
def map_and_filter(x):
    doubled = list(map(lambda a: a * 2, (x[0], x[1])))
    s = sum(map(lambda a, b: a * b, x, x[::-1])) + sum(filter(lambda a: a > 0, x))
    return s * doubled[1]


@example(X)
def loop_over_conditional_generator(x):
    s = 1.0
    for a in (b * b for b in x if b > 0.4):
        s = s * a + s
        if s > 8:
            break
    return s


@example(X)
def generator_of_pairs(x):
    def pairs(items):
        return ((a, b) for a in items for b in items if a < b)

    s = 0.0
    for a, b in pairs(x):
        s += a * b * b
    return s


# Iterators as values


@example(X, 3)
def iterators_as_values(x, n):
    positions = range(n)
    numbered = list(enumerate((x[0], x[1]), start=1))
    s = 0.0
    for i in positions:
        for j in reversed(positions):
            s = s + x[i] * (j + 1)
    for k, a in numbered:
        s = s * a + k
    return s + len(list(range(5))) + len(positions)


@example(X, Y, 3)
def zips_of_many(x, y, n):
    s = 0.0
    for i, (a, b) in enumerate(zip(x, y[1:]), 1):
        s = s + i * a * b
    for i, a in zip(range(1, n), x):
        s = s * a + i
    for a, b in zip(reversed(x), y):
        s = s + a * b
    for w, a in zip((2.0, 3.0), x):
        s = s * w + a
    for i, j in zip(range(n), range(n, 0, -1)):
        s = s + x[i] * y[j]
    return s


@example(X)
def column_of_weights(x):
    weights = (x, np.sin(x), 2.0)
    s = x[0]
    for i in range(len(weights)):
        s = s * np.sum(weights[i])
    for i in range(2):
        for j in range(i, 2):
            s = s + np.sum(weights[j] * weights[i])
    k = 0
    while k < 3:
        s = s * np.sum(weights[k])
        k += 1
    return s


# `else`, `break`, `continue`, `range`


@example(X, 3)
@example(X * 4, 3)
def for_else(x, n):
    s = x[0]
    for i in range(n):
        if x[i] > 3:
            break
        s = s * x[i] + i
    else:
        s = s * 2
    return s


@example(1.5)
@example(0.5)
def while_else(x):
    y = x
    while y < 10:
        y = y * y + 0.3
        if 2 < y < 4:
            y = y * 3
            break
    else:
        y = np.sin(y) * x
    return y


@example(X, 4)
@example(X * 1.9 + 0.1, 4)
def break_in_else(x, n):
    s = 1.0
    for i in range(n):
        for j in range(i):
            if x[j] > 1:
                break
            s = s * 1.5
        else:
            if s > 4:
                break
            s = s + x[i]
            continue
        s = s * x[i]
    else:
        s = s * 2
    return s


@example(X)
@example(X + 2)
@example(X + 2.2)
@example(X + 1.7)
def return_from_else(x):
    for k in (0, 1):
        if x[k] > 2:
            break
    else:
        return x[2] * x[2]
    for i in range(3):
        if x[i] > 4.1:
            return x[i] * 3
    else:
        if x[0] > 2.4:
            return x[0] * x[1]
    return x[1]


@example(X, 2)
@example(X, -1)
def run_time_step(x, step):
    s = 0.0
    for i in range(0, 4, step):
        s = s + x[i] * (i + 1)
    for i in range(3, -1, step):
        if s > 5:
            break
        s = s * 1.1 + x[i]
    return s


@example(X, 4)
def reversed_range_left_early(x, n):
    s = 1.0
    for i in reversed(range(n)):
        if s > 2:
            break
        s = s + x[i] * i
    for i in reversed(range(0, n, 2)):
        s = s * x[i] + i
        if s > 3:
            break
    return s + i


@example(X, 3)
def loop_variable_assigned(x, n):
    s = 0.0
    for i in range(n):
        n = 2
        i = i + 1
        s = s + x[i] * n
    return s + i


# Assignment expressions


@example(3.0)
def walrus_in_while(a):
    x = a
    while (error := x * x - a) > 1e-10:
        x = x - error / (2 * x)
    return x + error


@example(X, 5)
def walrus_in_conditions(x, n):
    s = 0.0
    if (first := x[0] * x[1]) < 0 and (second := first * 2) < 1:
        s = first * second
    while (n := n - 1) > 0:
        if n == 1:
            continue
        s = s * x[1] + n
    return s * first + (last := s * 2) * last


@example(X, 4)
@example(X, 2)
@example(-X, 4)
def else_after_a_test_that_assigns(x, n):
    i, s = 0, 1.0
    while (i := i + 1) < n:
        s = s * x[i] + i
        if s > 3:
            break
        if s < -3.5:
            return s * x[0]
    else:
        s = s * x[0] + i
    return s


@example(X)
def walrus_in_comprehension(x):
    values = [(y := a * 2) * y for a in (x[0], x[1])]
    s = sum((t := b * b) + t for b in x)
    return values[0] * values[1] * y + s * t


@example(X + 3)
def test_that_changes_an_array(x):
    def bump(a):
        a[0] = a[1] * a[0]
        return a[0]

    i = 0
    while bump(x) < 9:
        i += 1
    return np.sum(x * x) * i


# What something is


@example(X, 2.0, 3, untyped=False)
def classes_of_things(x, s, n):
    def power(a):
        if isinstance(a, np.ndarray):
            return np.sum(a * a)
        if isinstance(a, (list, tuple)):
            return sum(len(b) for b in a)
        if type(a) is int or isinstance(a, str):
            return 1.0
        assert isinstance(a, float)
        return a**3 if callable(np.sin) and not callable(a) else 0.0

    return power(x) * power(s) + power((x, [s, n])) * power("w") * power(n)


@example(X, 3.0, "cube")
def membership(x, n, name):
    options = {"cube": 3, "square": 2}
    s = x[0]
    if name in options and "line" not in options:
        s = s ** options[name] if name in ("cube", "line") else s
    if n in (1, 2, 3):
        s = s * x[1]
    if x[2] not in [0.5, x[1]] and 7.0 not in x:
        s = s * x[2]
    return s * 2 if s is not None and x is x and "ub" in name else s


@example(X, 3)
def imports_in_function(x, n):
    import math
    from functools import reduce  # noqa: F401
    from math import pi
    from math import sin as sine

    import numpy.linalg as la

    from . import table

    return sine(x[0]) * math.cos(x[1]) * la.norm(x) * pi + x[2] * (table.example is example)


# `match`


@example(X, "relu")
@example(X, "tanh")
@example(X, "triple")
@example(X, 3, untyped=False)
@example(X, None)
def match_on_known_values(x, kind):
    match ["scale", 2.0, 3] if kind == "triple" else kind:
        case "relu" | "max":
            y = np.maximum(x, 0)
        case str(name) if len(name) == 4:
            y = np.tanh(x)
        case ["scale", factor, *rest]:
            y = x * factor + len(rest)
        case int() as n:
            y = x**n
        case _:
            y = x
    return np.sum(y * x)


@example(0.5, 2)
@example(0.5, 0)
@example(1.5, 1)
@example(0.5, 7)
def match_on_numbers(x, n):
    match n - 1:
        case 0:
            return x * x
        case 1 | 2 if x < 1:
            return np.sin(x)
        case -1:
            x = x * 3
        case other:
            x = x * other
    return x * x


@example(X, True)
@example(X, False, untyped=False)
def match_structures(x, flag):
    config = {"kind": "power", "n": 3} if flag else {"kind": "sum", "of": (2.0, 3.0), "more": 1}
    match config:
        case {"kind": "power", "n": n}:
            return np.sum(x**n)
        case {"kind": "sum", "of": (a, b), **rest}:
            pass
    match (x[0] * a, [x[1], b]):
        case (float() | np.floating() as p, [q, 3.0 as r]):
            s = p * q * r
        case _:
            s = x[0]
    for key, value in rest.items():
        s = s * value if key == "more" else s
    return s


@example(X, 2.0)
def views_of_dicts(x, s):
    p = {"w": x, "b": s * s}
    for key, value in p.items():
        p["b"] = p["b"] * 2
        if key == "b":
            s = s * value
    total = sum(np.sum(v) for v in p.values())
    return total * s + len(p.keys()) + ("w" in p.keys()) + dict(p.items())["b"]


# Text and numbers


@example(X, 3)
def text_that_is_known(x, n):
    weights = {f"w{i}": x * (i + 1) for i in range(3)}
    s = 0.0
    for i in range(3):
        s = s + np.sum(weights[f"w{i}"] * weights["w{}".format(i)] * i)
    for name in "w0,w1".split(","):
        s = s * np.sum(weights[name.upper().lower().strip()])
    width = n + 5
    assert s < 1e9, f"{s:{width}.{n}f} and {width!r:>4} {'x':>{width}}"
    label = "norm" if "-".join(["a", "b"]).startswith("a-") else str(s)
    return s * len(label) * len(str(12.5)) + len("{0:.2f} {0}".format(2.5))


@example(2.7, 3)
def builtin_arithmetic(x, n):
    q, r = divmod(x, 1.3)
    m, k = divmod(7, 2)
    return pow(x, n) * r + q * m + k * abs(-x) + abs(-3) * x + round(x, 1) + round(2.6) * x


@example(X)
def dicts_and_sets(x):
    parameters = {name: x * scale for name, scale in zip("abc", (1, 2, 3))}
    squares = {k: {"v": v * v} for k, v in parameters.items() if k != "b"}
    merged = {**parameters, "d": x[0], **dict(e=x[1])}
    assert len({1, len("a"), 2}) == 2
    s = sum(np.sum(q["v"]) for q in squares.values())
    return s * merged["d"] * merged["e"] if "c" in {"a", "c"} and "b" not in {k for k in squares} else s


@example(X)
def sorted_values(x):
    a, b, c = sorted([x[0], x[1], x[2]], reverse=True)
    s = a * 2 + b * b + c**3
    for name in sorted({"b", "a"}):
        s = s * (2 if name == "a" else x[3])
    for k, f in sorted([(2, np.sin), (1, np.cos)], key=lambda pair: pair[0]):
        s = f(s) * k
    return s


@example(X)
def table_of_known_size(x):
    n = 3
    table = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            before = ((i - 1, j), (i, j - 1), (i - 1, j - 1))
            best = min((table[a][b] for a, b in before if a >= 0 and b >= 0), default=0.0)
            table[i][j] = (x[i] - x[j]) ** 2 + 0.1 * i + best
    return table[-1][-1] + sum([table[k][0] * m for k in range(n) for m in range(k)])
