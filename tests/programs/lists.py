"""Lists that grow."""

from __future__ import annotations

import numpy as np

from .table import M, X, Y, example

W = np.array([[0.5, -1.2, 2.0], [0.3, 0.9, -0.7], [0.1, 0.2, 0.3]])


@example(1.2, 3)
@example(1.2, 0)
def numbers_appended(x, n):
    xs = []
    for _ in range(n):
        x = np.sin(x) * 1.3
        xs.append(x)
    return sum(xs) + x


@example(W, X[:3], 3)
def states_stacked(w, h, n):
    hs = []
    for t in range(n):
        h = np.tanh(w @ h + t)
        hs.append(h)
    return np.sum(np.stack(hs) ** 2)


@example(W, X[:3], 3)
@example(W, X[:3], 0)
def last_item_read(w, h, n):
    hs = [h]
    for t in range(n):
        hs.append(np.tanh(w @ hs[-1] + t))
    return np.sum(hs[-1] * hs[0])


@example(X)
def some_appended(xs):
    kept = []
    for i in range(len(xs)):
        if xs[i] > 0.4:
            kept.append(xs[i] ** 2)
    return sum(kept) * len(kept)


@example(X)
def items_of_many_lengths(xs):
    parts = [xs[:2]]
    for i in range(len(xs)):
        parts.append(xs[i:] * 2)
    return np.sum(np.concatenate(parts) ** 2)


@example(M, untyped=False)
def items_concatenated_along_an_axis(a):
    parts = []
    for i in range(3):
        parts.append(a[:, i:] * i)
    return np.sum(np.concatenate(parts, axis=1) ** 2) + np.sum(np.hstack(parts) ** 3)


@example(M, untyped=False)
def items_of_two_axes(a):
    rows = []
    for i in range(4):
        rows.append(a * i)
        a = np.sin(a)
    return np.sum(np.vstack(rows) ** 2) + np.sum(np.stack(rows, axis=1) ** 3) + np.mean(rows) + np.array(rows)[1, 1, 1]


@example(1.3)
def stack_of_work(x):
    stack = [x]
    total = 0.0
    while stack:
        y = stack.pop()
        if y < 5:
            stack.append(y * 2)
            stack.append(y * 3.0)
        total = total + np.sin(y)
    return total


@example(1.3, 4, untyped=False)
def places_filled(x, n):
    xs = [0.0] * n
    for i in range(n):
        xs[i] = x * i
        x = x * 1.1
    xs[0] = x
    for i in range(n):
        xs[i] += x
        xs[i] *= 1.5
    return sum(xs) * xs[1]


@example(W, X[:3], 3)
def arrays_replaced(w, h, n):
    hs = [h, h * 2]
    for i in range(n):
        hs.append(w @ h)
        hs[i] = np.tanh(hs[i + 1] * hs[-1])
    return np.sum(hs[0] * hs[1] * hs[2])


@example(1.3, 4)
def tuples_appended(x, n):
    steps = []
    for i in range(n):
        steps.append((x, (x * i, i)))
        x = np.sin(x) * 2
    a, (b, k) = steps[-2]
    return a * b + steps[0][1][0] * k + steps[1][0]


@example(W, X[:3], 3)
def pairs_of_states(w, h, n):
    c = h * 0
    states = [(h, c)]
    for _ in range(n):
        h, c = states[-1]
        c = np.tanh(w @ h) + 0.5 * c
        states.append((h * c, c))
    return np.sum(states[-1][0] * states[1][1])


@example(X, untyped=False)
def extremes_of_a_list(xs):
    found = []
    for i in range(len(xs)):
        found.append(xs[i] * 2)
    return max(found) - min(found) * found[1]


@example(1.3, 4)
def popped_at_both_ends(x, n):
    xs = []
    for _ in range(n):
        xs.append(x)
        x = np.sin(x) * 2
    total = 0.0
    for _ in range(n - 1):
        total = total * 0.5 + xs.pop() * xs.pop(0) if len(xs) > 2 else total
    return total


@example(1.3, 4)
def deleted_in_the_middle(x, n):
    xs = []
    for _ in range(n):
        xs.append(x)
        x = np.sin(x) * 2
    total = xs.pop(n - 2) * 3
    del xs[-2]
    y = xs.pop(-2)
    return total * xs[0] + y


@example(1.3, 4)
def events(x, n):
    queue = [x, x * 2]
    for i in range(n):
        queue.insert(1, x * i)
        queue.insert(i, queue[0] * x)
        queue.insert(0, x)
        queue += [x]
        queue.extend([x, x * i])
    return sum(queue[1:]) + sum(queue[::-1], x) + queue[3]


@example(1.3, 3)
def lists_in_loops(x, n):
    total = 0.0
    sums = []
    for i in range(n):
        row = []
        for j in range(i + 1):
            row.append(x * j)
            x = x * 1.05
        sums.append(sum(row))
        total = total + row[-1]
    return total * sum(sums)


@example(1.3, 3)
def lists_of_lists(x, n):
    table = []
    for i in range(n):
        row = [x]
        for j in range(i):
            row.append(row[-1] * x + j)
        table.append(row)
    return table[-1][-1] * table[1][0] + sum(table[2])


@example(1.3, 3)
def grown_by_nested_loops(x, n):
    xs = []
    for i in range(n):
        for j in range(i + 1):
            if len(xs) > 2:
                x = x + xs[-3] * 0.1
            xs.append(x * j)
        x = np.sin(x)
    return sum(xs) * xs[-1]


@example(1.3)
@example(0.3)
def longer_on_one_path(x):
    xs = [x, x * 2]
    if x > 1:
        xs.append(x * 3)
    return sum(xs) * xs[-1] * len(xs)


@example(1.3, 3)
def read_after_the_first_round(x, n):
    xs = []
    for i in range(n):
        if i > 0:
            x = x + xs[-1] * 0.5
        xs.append(np.sin(x))
    return x


@example(1.3, 5)
def emptied(x, n):
    total = 0.0
    batch = []
    for i in range(n):
        batch.append(x * i)
        if len(batch) == 2:
            total = total + batch[0] * batch[1]
            batch.clear()
        x = np.sin(x)
    return total if not batch else total * batch[0]


@example(1.3, 5)
def begun_anew(x, n):
    total = 0.0
    batch = [x]
    for i in range(n):
        batch.append(x * i)
        if len(batch) > 2:
            total = total + sum(batch)
            batch = [x * 2]
        x = np.sin(x)
    return total * batch[0]


@example(1.3, 4)
def copies_of_a_list(x, n):
    xs = []
    for i in range(n):
        xs.append(x * i)
    ys = xs.copy()
    zs = list(xs)
    ys.append(x)
    zs.reverse()
    xs[1] = x * x
    both = xs + ys
    return sum(both) + zs[0] * ys[-1] + xs[1] * ys[1]


@example(1.3, 4)
def left_early(x, n):
    xs = [x]
    for i in range(100):
        x = x * 1.2
        if x > 3:
            break
        xs.append(x * n)
    while True:
        if len(xs) < 3:
            return xs[-1]
        xs.pop()


@example(X, Y)
def two_lists(x, y):
    xs, ys = [], []
    for i in range(len(x)):
        if x[i] > 0:
            xs.append(x[i] * y[i])
        else:
            ys.append(x[i] - y[i])
    return sum(xs) * sum(ys)


@example(X, 3)
def views_in_a_list(x, n):
    parts = []
    for i in range(n):
        parts.append(x[i : i + 2])
    return np.sum(parts[0] * parts[1] + parts[-1])


@example(X, 3)
def copies_of_what_changes(x, n):
    snapshots = []
    u = x * 1.0
    for i in range(n):
        u[1:-1] += 0.1 * u[:-2] * i
        snapshots.append(u.copy())
    return np.sum(snapshots[0] * snapshots[-1]) + np.sum(u)


@example(1.2, 3)
def returned_by_a_function(x, n):
    def powers(x):
        found = [x]
        for _ in range(n):
            found.append(found[-1] * x)
        return found

    return sum(powers(x)) + powers(x * 2)[1]


@example(1.2, 3)
def in_a_dict(x, n):
    log = {"values": [], "count": 0}
    for _ in range(n):
        x = np.sin(x)
        log["values"].append(x)
        log["count"] += 1
    return sum(log["values"]) * log["count"]


@example(X, 3)
def run_over(x, n):
    xs = [a * a for a in x]
    total = 0.0
    for i, a in enumerate(xs):
        total = total * 0.5 + a * i
    for a in reversed(xs):
        total = np.sin(total) * a
    for a, b in zip(xs, x):
        total += a * b
    for a in xs[::-1]:
        total = total * 0.9 + a
    return total


@example(X, 3)
def changed_while_run_over(x, n):
    xs = [a * n for a in x]
    for i, a in enumerate(xs):
        xs[i] = a * xs[i - 1]
    return sum(xs) + xs[2]


@example(X)
def filtered(x):
    positive = [np.sqrt(a) for a in x if a > 0]
    pairs = [a * b for a in x for b in positive if b < 1]
    return sum(positive) * sum(pairs) + len(positive) * sum(a * a for a in pairs)


@example(X[:3], W, 3)
def several_states(h, w, n):
    states = [(h, h * 0)]
    for _ in range(n):
        states = [(np.tanh(w @ a), a + b) for a, b in states] + [(h, h * 2)]
    return sum(np.sum(a * b) for a, b in states)


@example(1.1, 4)
def table_of_numbers(x, n):
    table = [[x * (i + j) for j in range(n)] for i in range(n)]
    total = 0.0
    for row in table:
        for a in row:
            total += a * a
    return total * table[1][2]


@example(X, 3)
def as_a_list(x, n):
    xs = list(x * i for i in range(n))
    xs.append(np.sin(x))
    return np.sum(np.array(xs) ** 2) + np.sum(xs[0] * xs[-1])


@example(1.1, 3)
def any_and_all_of_a_list(x, n):
    xs = [x * i for i in range(n)]
    if all(a < 5 for a in xs) and any(a > 1 for a in xs):
        return sum(xs)
    return x


@example(1.3, 5)
def work_list(x, n):
    queue = [x]
    i = 0
    while i < len(queue):
        if len(queue) < n:
            queue.append(queue[i] * 2)
            queue.append(np.sin(queue[i]))
        i += 1
    return sum(queue)


@example(X, 3, untyped=False)
def arrays_added_to(x, n):
    sums = [np.zeros(4) for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            sums[j] += x * i
            sums[j] *= 1.5
        sums[-1] = sums[-1] - x
    return np.sum(sums[0] * sums[-1])


@example(1.3, 3)
@example(0.3, 3)
def made_on_one_path(x, n):
    if x > 1:
        xs = [x * i for i in range(n)]
        xs.append(x)
    if x > 0.5:
        return sum(xs) * xs[1]
    return x


@example(X, 3)
def shapes_of_different_ranks(x, n):
    total = 0.0
    shapes = []
    for _ in range(n):
        shapes.append(np.shape(total))
        total = total + x * 2
    return np.sum(total * np.ones(shapes[-1])) + np.sum(np.ones(shapes[0]))


@example(1.3, 3)
@example(0.3, 3)
def kept_while_it_grows(x, n):
    xs = [x]
    if x > 1:
        xs.append(x * 2)
    squares = [a * a for a in xs]
    for i in range(n):
        xs.append(sum(xs) * 0.1 + i)
    return sum(squares) * sum(xs)


@example(X, 3, untyped=False)
def rows_kept_while_they_grow(x, n):
    rows = list(np.outer(x, x))
    squares = [r * r for r in rows]
    for i in range(n):
        rows.append(x * i)
    return np.sum(sum(squares) * sum(rows))


@example(X)
def grown_list_unpacked(x):
    xs = []
    for i in range(3):
        xs.append(x[i] * i)
    a, b, c = xs
    return a * b + c
