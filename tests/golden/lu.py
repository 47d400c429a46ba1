"""A matrix overwritten by its factors: the overwritten elements are kept, and written back on the way back."""
# >>> source(lu, types={"A": "float64[n, n]"})
# shows ask_before_writes
# at: (rng.random((4, 4)) + 4 * np.eye(4),)
# at: (np.array([[2.0]]),)


def lu(A):
    for i in range(A.shape[0]):
        for j in range(i):
            A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] /= A[j, j]
        for j in range(i, A.shape[0]):
            A[i, j] -= A[i, :i] @ A[:i, j]
    return A


# becomes

# Gradient of lu (lu.py:8), wrt A.
def grad_lu(A, A_bar=1.0):
    # forward sweep
    indices = range(A.shape[0])
    tape = []
    A = A.copy()
    for i in indices:
        A_part_tape = []
        A_part_tape_1 = []
        for j in range(i):
            A_part_tape.append(A[i, j])
            A[i, j] -= A[i, :j] @ A[:j, j]
            A_part_tape_1.append(A[i, j])
            A[i, j] /= A[j, j]
        A_part_tape_2 = []
        for j in range(i, A.shape[0]):
            A_part_tape_2.append(A[i, j])
            A[i, j] -= A[i, :i] @ A[:i, j]
        tape.append((A_part_tape, A_part_tape_1, A_part_tape_2))
    # backward sweep
    A_bar = A_bar.copy()
    for i, (A_part_tape, A_part_tape_1, A_part_tape_2) in zip(reversed(indices), reversed(tape)):
        for j, A_part in zip(reversed(range(i, A.shape[0])), reversed(A_part_tape_2)):
            # A[i, j] -= A[i, :i] @ A[:i, j]
            A[i, j] = A_part
            t_bar = -A_bar[i, j]
            A_bar[:i, j] += t_bar * A[i, :i]
            A_bar[i, :i] += t_bar * A[:i, j]
        for j, A_part_2, A_part_1 in zip(
            reversed(range(i)),
            reversed(A_part_tape),
            reversed(A_part_tape_1),
        ):
            # A[i, j] /= A[j, j]
            A_part = A[i, j]
            A[i, j] = A_part_1
            t_bar = A_bar[i, j]
            A_part_1 = A[j, j]
            A_bar[i, j] = t_bar / A_part_1
            A_bar[j, j] -= t_bar * A_part / A_part_1
            # A[i, j] -= A[i, :j] @ A[:j, j]
            A[i, j] = A_part_2
            t_bar = -A_bar[i, j]
            A_bar[:j, j] += t_bar * A[i, :j]
            A_bar[i, :j] += t_bar * A[:j, j]
    return A_bar