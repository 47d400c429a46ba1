"""What is outside the language is refused, with its place, its line, a caret and a way out."""

from __future__ import annotations

import textwrap

import pytest

from adcompiler.compiler import Goal, compile_gradient
from adcompiler.errors import (
    AliasingError,
    DifferentiationError,
    MissingRuleError,
    UnknownTypeError,
    UnsupportedSyntaxError,
)
from adcompiler.frontend.static_scope import StaticScope
from adcompiler.signature import given_types


def refusal(tmp_path, code: str, types: dict[str, str] | None = None) -> DifferentiationError:
    """The error that differentiating `f`, the last function of `code`, for its first parameter raises."""
    path = tmp_path / "model.py"
    path.write_text("import numpy as np\nimport math\n" + textwrap.dedent(code))
    scope = StaticScope.read(path, shown_as="model.py")
    source = scope.function(scope.bindings["f"])
    with pytest.raises(DifferentiationError) as caught:
        compile_gradient(source, given_types(source.parameters, types, {}), Goal("grad", source.parameters[:1]))
    return caught.value


CONSTRUCTS = {
    "assigned before something raises": (
        "y = 1.0\n    try:\n        y = np.log(x)\n        z = np.sqrt(y)\n    except ValueError:\n        z = y\n"
        "    return z",
        "`y` may have been assigned in a `try` before the exception, or not",
    ),
    "assigned before something raises, read after": (
        "try:\n        y = np.log(x)\n        z = np.sqrt(y)\n    except ValueError:\n        z = 0.0\n    return y",
        "`y` may have been assigned in a `try` before the exception, or not",
    ),
    "assigned in a loop that raises": (
        "y = 1.0\n    try:\n        for i in range(3):\n            y = np.log(y * x)\n    except ValueError:\n"
        "        pass\n    return y",
        "`y` may have been assigned in a `try` before the exception, or not",
    ),
    "assigned in a retry that raises": (
        "for i in range(3):\n        try:\n            y = np.log(x)\n            z = np.sqrt(y)\n            break\n"
        "        except ValueError:\n            x = x * 2\n    return y",
        "`y` may have been assigned in a `try` before the exception, or not",
    ),
    "written before something raises": (
        "y = np.zeros(3)\n    try:\n        y[0] = np.log(x)\n        y[1] = np.log(x)\n    except ValueError:\n"
        "        pass\n    return np.sum(y)",
        "`y` is changed in a `try` before something that may raise",
    ),
    "changed before something raises": (
        "d = {'a': x}\n    try:\n        d['a'] = np.log(x)\n        d['b'] = np.log(x)\n    except ValueError:\n"
        "        pass\n    return d['a']",
        "`d` is changed in a `try` before something that may raise",
    ),
    "caught by a number": (
        "try:\n        y = np.log(x)\n    except 3:\n        y = x\n    return y",
        "what is caught here is not known to be a class of exceptions",
    ),
    "exception after its handler": (
        "try:\n        y = np.log(x)\n    except ValueError as e:\n        y = x\n    print(e)\n    return y",
        "`e` is deleted at the end of its handler",
    ),
    "with of a number": ("with x:\n        pass\n    return x", "what is entered here is not known"),
    "with of an unknown manager": (
        "with math.sin(x):\n        pass\n    return x",
        "it is not known whether this context manager swallows exceptions",
    ),
    "array given to a file": (
        "with open('a') as g:\n        g.write(np.zeros(3))\n    return x",
        "an array cannot be passed to code that is not followed: it may change it",
    ),
    "number from a file": ("with open('a') as g:\n        y = g.read()\n    return x * y", "is needed here"),
    "what finally changed in an outer handler": (
        "y = x\n    try:\n        try:\n            z = math.log(x)\n        finally:\n            y = y * 2\n"
        "    except ValueError:\n        z = y\n    return z",
        "`y` may have been assigned in a `try` before the exception, or not",
    ),
    "return in finally": (
        "try:\n        y = np.log(x)\n    finally:\n        print('a')\n        return x",
        "`finally` cannot leave the block, or raise",
    ),
    "finally that prints what changed": (
        "s = 'a'\n    try:\n        y = np.log(x)\n        s = 'b'\n    finally:\n        print(s)\n    return y",
        "what `finally` does here depends on what the `try` has computed",
    ),
    "raise on every path": ("raise ValueError('no')", "`f` raises ValueError('no') on every path"),
    "raise of a number": ("if x > 0:\n        raise 3\n    return x", "this is not an exception"),
    "global write": ("global g\n    g = x\n    return x", "assignment to the global `g` is not supported"),
    "global update": ("global g\n    g += x\n    return x", "assignment to the global `g` is not supported"),
    "global deleted": ("global g\n    del g\n    return x", "assignment to the global `g` is not supported"),
    "read after delete": ("y = x\n    del y\n    return y", "`y` was deleted"),
    "deleted twice": ("y = x\n    del y\n    del y\n    return x", "`y` was deleted"),
    "delete before assignment": ("del y\n    y = x\n    return x", "`y` has no value to delete"),
    "delete a part": ("del x[0]\n    return x", "deleting a part of this is not supported"),
    "yield": ("yield x", "`yield` is not supported"),
    "import": ("import os\n    return x * os.cpu_count()", "`os` comes from a module that is known only when"),
    "class": ("class A:\n        pass\n    return x", "a class definition is not supported"),
    "class pattern on an unknown value": (
        "match x:\n        case float():\n            return x\n    return x",
        "the class of this is not known",
    ),
    "alternatives that bind": (
        "match (x, 1.0):\n        case (1.0, y) | (y, 1.0):\n            return y\n    return x",
        "which alternative binds these names is not known",
    ),
    "dict that grows under a loop": (
        "d = {'a': x}\n    for k in d.keys():\n        d[k + 'b'] = x\n    return x",
        "this raises RuntimeError: dictionary changed size during iteration",
    ),
    "order of a set": ("for k in {1, 2}:\n        x = x * k\n    return x", "the order of a set is not known"),
    "id": ("return x * id(x)", "`id` is known only when the program runs"),
    "sorted by what is computed": (
        "return sorted([(x, 1), (x * 2, 2)], key=lambda p: p[0])[0][1] * x",
        "the order of these is not known",
    ),
    "argument of a method of text": (
        "return x * len('a'.rjust(x))",
        "what a method of a string is given must be known",
    ),
    "tuple of unknown length": ("return tuple(a for a in x)[0]", "how many items this has is not known"),
    "iterator used twice": (
        "z = zip((x, x), (1, 2))\n    list(z)\n    return sum(z)",
        "this `zip` may have been used up",
    ),
    "value of a generator": ("return np.sum(a for a in x)", "a `generator` is used as a value here"),
    "assignment that may not be reached": (
        "y = 0.0\n    return sum((y := a) if a > 0 else y for a in x)",
        "an assignment expression in a comprehension that may not reach it",
    ),
    "missing key": ("p = {'a': x}\n    return p['b']", "this raises KeyError: 'b'"),
    "key on some paths": (
        "p = {}\n    if x > 0:\n        p['a'] = x\n    return x * len(p)",
        "whether this dict has the key 'a' depends on the path",
    ),
    "one of two lists": (
        "a, b = [x], [x]\n    c = a if x > 0 else b\n    c[0] = 2.0\n    return a[0]",
        "this changes a list that `a` may stand for as well, or not",
    ),
    "dict as a value": ("return np.sin({'a': x})", "a dict is used as a value here"),
    "set": ("s = {x, 2}\n    return x", "a set of values that are computed is not supported"),
    "append": ("xs = (x,)\n    xs.append(x)\n    return x", "`.append()` of a tuple is not supported"),
    "write into tuple": ("xs = (x, x)\n    xs[0] = x\n    return x", "this cannot be assigned to"),
    "attribute write": ("x.flag = 1\n    return x", "assignment to an attribute of this is not supported"),
    "identity": ("y = x * 2\n    return x if x is y else y", "identity of values that are computed"),
    "membership": ("return x if (x, 1) in [(1, 2)] else 0.0", "whether these are equal is not known"),
    "isinstance": (
        "return x if isinstance(x, float) else 0.0",
        "the class of this is not known before the program runs",
    ),
    "undefined name": ("return x * undefined_name", "the name `undefined_name` is not defined"),
    "read before assignment": ("y = y * x\n    return y", "`y` is read before it has a value"),
    "keyword given twice": (
        "def g(a):\n        return a\n    return g(a=x, **{'a': x})",
        "this raises TypeError: the keyword `a` is given twice",
    ),
    "unknown method": ("return x.tobytes()", "the attribute `tobytes` of an array is not supported"),
    "no rule": ("return np.sum(np.sort_complex(x))", "no derivative rule for `np.sort_complex`"),
    "where without out": ("return np.sum(np.sin(x, where=x > 0))", "what `where=` leaves out is memory that nobody"),
    "unsupported at": ("np.maximum.at(x, np.array([[0, 0]]), 1.0)\n    return x", "along the first axis"),
    "resized": ("x.resize(3)\n    return x", "the attribute `resize` of an array is not supported"),
    "out that is no array": ("np.sin(x, out=[1.0])\n    return x", "an array to write into is needed here"),
    "unsupported keyword": ("return np.sort(x, order='name')", "does not support `order=`"),
    "range of floats": (
        "for i in range(2.5):\n        x = x * 2\n    return x",
        "a bound of `range` must be an integer",
    ),
    "returns nothing": ("y = x", "`f` returns nothing"),
    "returns on some paths": ("if x > 0:\n        return x", "`f` returns a value on some paths and None on others"),
    "write into a reshape in another order": (
        'y = x * 1\n    z = np.reshape(y, -1, order="F")\n    z[0] = 1.0\n    return y[0]',
        "this changes an array that `y` may share memory with, or not",
    ),
    "order of memory": ('return np.ravel(x, order="K")', "depends on how the array lies in memory"),
    "vectorize": (
        "@np.vectorize\n    def g(t):\n        return t\n    return g(x)",
        "`np.vectorize` gives all results the dtype of the first, which is not known",
    ),
    "next without a default": ("return next(a for a in x if a > 0)", "whether there is a first item is not known"),
    "next of a list": ("return next([x])", "`next` of this is not supported"),
    "second next": (
        "pair = iter((x, x))\n    return next(pair) * next(pair)",
        "this `tuple_iterator` may have been used up",
    ),
    "next of nothing": ("return x * next(a for a in ())", "this raises StopIteration"),
    "numbered conditions": (
        "return sum(i * a for i, a in enumerate(a for a in x if a > 0))",
        "items that come out of conditions cannot be numbered",
    ),
    "endless loop in a list": (
        "import itertools\n    return x * len(list(itertools.repeat(2.0)))",
        "this never ends",
    ),
    "reduce of nothing": (
        "import functools\n    return x * functools.reduce(max, ())",
        "this raises TypeError: reduce()",
    ),
    "zip of unknown lengths": (
        "return sum(a * b for a, b in zip(x, np.cumsum(x)[1:], strict=True))",
        "whether these have one length is not known",
    ),
    "two things": (
        "g = np.sin if x > 0 else np.cos\n    return g(x)",
        "stands for different things on different paths",
    ),
    "dynamic axis": (
        "n = np.argmax(x)\n    return np.sum(x, axis=n)",
        "`axis=` must be known before the program runs",
    ),
    "truth of array": (
        "if np.zeros(3) > 1:\n        return x\n    return x",
        "the truth value of an array is ambiguous",
    ),
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_construct_is_refused(name, tmp_path):
    body, message = CONSTRUCTS[name]
    error = refusal(tmp_path, f"def f(x):\n    {body}\n")
    assert message in error.message, error
    assert error.span is not None
    assert str(error).startswith(f"model.py:{error.span.line}:{error.span.column}: error: {error.message}\n")


def test_nonlocal_is_refused(tmp_path):
    code = "def f(x):\n    y = x\n    def g():\n        nonlocal y\n        y = 2\n    g()\n    return y\n"
    assert "assignment to `y` of the enclosing function is not supported" in refusal(tmp_path, code).message


def test_variable_arguments_are_refused(tmp_path):
    assert "takes any number of arguments" in refusal(tmp_path, "def f(x, *rest):\n    return x\n").message


def test_ambiguous_alias_is_refused(tmp_path):
    code = "def f(x, y):\n    z = x if x[0] > 0 else y\n    z[0] = 1.0\n    return np.sum(x)\n"
    error = refusal(tmp_path, code, {"x": "float64[n]", "y": "float64[n]"})
    assert isinstance(error, AliasingError)
    assert error.message == "this changes an array that `x` may share memory with, or not"


def test_write_through_reshape_is_refused(tmp_path):
    code = "def f(x):\n    y = x[::2].reshape(-1)\n    y[0] = 1.0\n    return np.sum(x)\n"
    assert isinstance(refusal(tmp_path, code, {"x": "float64[n, m]"}), AliasingError)


def test_names_that_become_one_array_in_a_loop_are_refused(tmp_path):
    code = """
    def f(x):
        a = x * 1
        b = x * 2
        for i in range(3):
            b[0] = a[0] * 3
            a = b
        return np.sum(a)
    """
    assert isinstance(refusal(tmp_path, code, {"x": "float64[n]"}), AliasingError)


def test_third_name_for_a_swapped_buffer_is_refused(tmp_path):
    code = """
    def f(a, b):
        c = a
        for i in range(3):
            b[0] = a[0] * 3
            a, b = b, a
        return np.sum(c)
    """
    assert isinstance(refusal(tmp_path, code, {"a": "float64[n]", "b": "float64[n]"}), AliasingError)


def test_update_of_what_may_be_a_number_or_an_array_is_refused(tmp_path):
    error = refusal(tmp_path, "def f(x):\n    y = x\n    y += 1\n    return x * y\n")
    assert isinstance(error, UnknownTypeError)
    assert error.hint == "give types, or write `x = x + …`"


def test_whole_message(tmp_path):
    error = refusal(tmp_path, "def f(x):\n    y = np.sort_complex(x)  # spectrum\n    return np.sum(y)\n")
    assert isinstance(error, MissingRuleError)
    assert str(error) == (
        "model.py:4:9: error: no derivative rule for `np.sort_complex`\n"
        "  4 |     y = np.sort_complex(x)  # spectrum\n"
        "    |         ^^^^^^^^^^^^^^^^^^\n"
        "hint: write it with functions that have a rule, register one with `ad.rule`, or pass the result as an argument"
    )


def test_errors_pickle():
    import pickle

    error = UnsupportedSyntaxError("no", None, "so")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.message, again.hint) == (UnsupportedSyntaxError, "no", "so")


BUMP = "def bump(a):\n    a *= 2\n    return np.sum(a)\n"


@pytest.mark.parametrize(
    "body",
    [
        "return np.sum(x[::2].reshape(-1) * bump(x))",
        "a, b = x[::2].reshape(-1), bump(x)\n    return np.sum(a * b)",
        "t = (x[::2].reshape(2, -1), bump(x))\n    return np.sum(t[0]) * t[1]",
        "def g(u, v):\n        return np.sum(u * v)\n    return g(x[::2].reshape(-1), bump(x))",
        "f = lambda a=x[::2].reshape(-1): np.sum(a * a)\n    x[0] = 3 * x[1]\n    return f()",
    ],
)
def test_write_while_a_possible_alias_is_held_without_a_name_is_refused(body, tmp_path):
    error = refusal(tmp_path, f"{BUMP}def f(x):\n    {body}\n", {"x": "float64[4]"})
    assert isinstance(error, AliasingError)


def test_write_while_a_function_keeps_a_possible_alias_is_refused(tmp_path):
    code = """
    def keep(x):
        y = x[::2].reshape(-1)

        def total():
            return np.sum(y * y)

        return total

    def f(x):
        total = keep(x)
        x[0] = 3 * x[1]
        return total()
    """
    error = refusal(tmp_path, code, {"x": "float64[n]"})
    assert error.message == "this changes an array that `y` may share memory with, or not"


def test_swap_of_what_may_be_rows_or_numbers_is_refused(tmp_path):
    code = "def f(x):\n    x[0], x[1] = x[1], x[0]\n    return np.sum(x * x[0])\n"
    assert isinstance(refusal(tmp_path, code), AliasingError)


def test_expression_nested_too_deeply_to_be_read_is_refused(tmp_path):
    with pytest.raises(DifferentiationError, match="nested too deeply"):
        refusal(tmp_path, f"def f(x):\n    return {' + '.join(['x'] * 3000)}\n")


def test_expression_nested_too_deeply_to_be_followed_is_refused(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(f"def f(x):\n    return {' + '.join(['x'] * 500)}\n")
    try:
        scope = StaticScope.read(path)
        source = scope.function(scope.bindings["f"])
        compile_gradient(source, given_types(source.parameters, None, {}), Goal("grad", ("x",)))
    except DifferentiationError as error:
        assert "nested too deeply" in error.message  # noqa: PT017  (it may be compiled, or refused; it may not crash)
