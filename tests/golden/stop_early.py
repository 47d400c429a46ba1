"""A loop that is left on data."""
# >>> source(stop_early, types={"x": "float", "n": "int"})
# at: (1.3, 10)
# at: (0.3, 10)
# at: (0.3, 0)


def stop_early(x, n):
    y = x
    for i in range(n):
        if y > 10:
            break
        y = y*x + i
    return y


# becomes

# Gradient of stop_early (stop_early.py:8), wrt x.
def grad_stop_early(x, n, y_bar=1.0):
    # forward sweep
    y_tape = []
    y = x
    i = 0
    stop = False
    while not stop and i < n:
        y_tape.append(y)
        stop = y > 10
        if not stop:
            y = y * x + i
        i += 1
    # backward sweep
    x_bar = 0.0
    for y in reversed(y_tape):
        if not y > 10:
            # y = y*x + i
            x_bar += y_bar * y
            y_bar = y_bar * x
    return x_bar + y_bar