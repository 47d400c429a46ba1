"""Printed expressions mean what their trees say, with no parentheses more than that takes."""

import ast
import re

import gast
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcompiler.backend import syntax
from adcompiler.backend.layout import wrap
from adcompiler.backend.printer import print_function

_BINARY = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.MatMult, ast.Pow, ast.BitAnd, ast.LShift)
_COMPARED = (ast.Lt, ast.GtE, ast.Eq, ast.NotEq)


def _compound(inner: st.SearchStrategy[ast.expr]) -> st.SearchStrategy[ast.expr]:
    load = ast.Load()
    return st.one_of(
        st.builds(lambda op, a, b: ast.BinOp(a, op(), b), st.sampled_from(_BINARY), inner, inner),
        st.builds(lambda op, a: ast.UnaryOp(op(), a), st.sampled_from((ast.USub, ast.Not, ast.Invert)), inner),
        st.builds(lambda op, a, b: ast.Compare(a, [op()], [b]), st.sampled_from(_COMPARED), inner, inner),
        st.builds(lambda op, a, b: ast.BoolOp(op(), [a, b]), st.sampled_from((ast.And, ast.Or)), inner, inner),
        st.builds(ast.IfExp, inner, inner, inner),
        st.builds(lambda a, b: ast.Call(ast.Name("f", load), [a], [ast.keyword("axis", b)]), inner, inner),
        st.builds(lambda a: ast.Attribute(a, "T", load), inner),
        st.builds(lambda a, b, c: ast.Subscript(a, ast.Slice(b, c), load), inner, inner, inner),
        st.builds(lambda a, b: ast.Subscript(ast.Name("x", load), ast.Tuple([a, b], load), load), inner, inner),
        st.builds(lambda a, b: ast.Tuple([a, b], load), inner, inner),
        st.builds(lambda a: ast.Tuple([a], load), inner),
    )


_leaves = st.one_of(
    st.sampled_from("xyz").map(lambda name: ast.Name(name, ast.Load())),
    st.sampled_from((0, 3, 2.5, True, None, "text", "it's")).map(ast.Constant),
)
_expressions = st.recursive(_leaves, _compound, max_leaves=12)


def _printed(node: ast.expr) -> str:
    tree = gast.ast_to_gast(ast.parse("def f():\n    return 0").body[0])
    tree.body[0].value = gast.ast_to_gast(node)
    text, _ = print_function(tree)
    return text


@given(_expressions)
def test_printed_expressions_parse_to_the_same_tree(node: ast.expr) -> None:
    text = _printed(node)
    parsed = ast.parse(text).body[0]
    assert isinstance(parsed, ast.FunctionDef)
    assert isinstance(parsed.body[0], ast.Return)
    assert _flat(parsed.body[0].value) == _flat(node), text


def _flat(node: ast.AST | None) -> str:
    """A tree as text, with `a and (b and c)` as `a and b and c`."""

    class Flatten(ast.NodeTransformer):
        def visit_BoolOp(self, node: ast.BoolOp) -> ast.BoolOp:
            self.generic_visit(node)
            values: list[ast.expr] = []
            for value in node.values:
                same = isinstance(value, ast.BoolOp) and type(value.op) is type(node.op)
                values += value.values if same else [value]  # type: ignore[attr-defined]
            return ast.BoolOp(node.op, values)

    assert node is not None
    copied = ast.parse(ast.unparse(ast.fix_missing_locations(ast.Expression(node))), mode="eval")  # type: ignore[arg-type]
    return ast.dump(Flatten().visit(copied))


@pytest.mark.parametrize(
    "text",
    [
        "a + b - c * d / e",
        "a - (b - c) - d",
        "a / (b * c)",
        "(a + b) * c**-d",
        "(-a)**2",
        "-a**2",
        "(a**b) ** c",
        "a ** b**c",
        "-(a + b) @ c.T",
        "(a + b).T",
        "x[1:, n - 1].copy()",
        "x[(a + b) * 2:]",
        "not (a and b)",
        "not a < b",
        "(a and b) or c",
        "a if b < c else d if e else f",
        "f((a, b), axis=(0, 1))",
        "f((a,))[0]",
        'f("text", "it\'s")',
    ],
)
def test_no_parenthesis_is_superfluous(text: str) -> None:
    assert _printed(ast.parse(text, mode="eval").body) == f"def f():\n    return {text}\n"


def test_comments_and_origins() -> None:
    statement = syntax.assign(syntax.store("y"), syntax.load("x"))
    statement.lineno = 7
    function = gast.ast_to_gast(ast.parse("def f(x):\n    return y").body[0])
    function.body[0].lineno = 3
    function.body[:0] = [syntax.comment("a comment"), statement]
    text, origins = print_function(function)
    assert text == "def f(x):\n    # a comment\n    y = x\n    return y\n"
    assert origins[3] == 7
    assert origins[4] == 3


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short = x", ["short = x"]),
        ("return first_value, second_value", ["return (", "    first_value,", "    second_value,", ")"]),
        ("y = f(first_value, second_value)", ["y = f(", "    first_value,", "    second_value,", ")"]),
        ("y = first_value + second_value * 2", ["y = (", "    first_value", "    + second_value * 2", ")"]),
        ("for x, y in zip(firsts, seconds):", ["for x, y in zip(", "    firsts,", "    seconds,", "):"]),
        ("# a comment too long for this", ["# a comment too lo ..."]),
        ("indivisible_name_of_great_length = x", ["indivisible_name_of_great_length = x"]),
    ],
)
def test_long_lines_are_broken(text: str, lines: list[str]) -> None:
    assert wrap(text, 1, 26) == [f"    {line}" for line in lines]


@pytest.mark.parametrize(
    "text",
    [
        "y = alpha + beta * gamma * delta - epsilon",
        "y = f(alpha + beta, axis=gamma + delta)",
        "y = x[alpha + beta:gamma + delta, epsilon]",
        "y = f((alpha, beta)[0] * (gamma + delta))",
        "y = alpha if beta * gamma + delta else epsilon + zeta * eta",
        "assert alpha + beta, gamma",
        'return alpha * "a, (b + c" + beta, not gamma * delta + epsilon',
    ],
)
@pytest.mark.parametrize("indent", [0, 24, 40])
def test_broken_lines_mean_the_same(text: str, indent: int) -> None:
    broken = "\n".join(line[4 * indent :] for line in wrap(text, indent, 10))
    assert ast.dump(ast.parse(broken)) == ast.dump(ast.parse(text))


@pytest.mark.parametrize("indent", [23, 24, 25, 40])
def test_a_comment_at_a_large_margin_stays_a_comment(indent: int) -> None:
    (line,) = wrap("# y = a statement of the primal that is not short", indent, 100)
    assert line.strip().startswith("#")


def _numbered(source: str) -> gast.FunctionDef:
    """A function whose statements have their lines as origins, and whose strings are comments."""
    tree = gast.ast_to_gast(ast.parse(source).body[0])
    for node in gast.walk(tree):
        if isinstance(node, gast.Expr) and isinstance(node.value, gast.Constant):
            node.value = syntax.comment(node.value.value).value
    assert isinstance(tree, gast.FunctionDef)
    return tree


def test_the_only_comment_of_a_loop_stands_in_its_header() -> None:
    text, origins = print_function(
        _numbered("def f(n):\n  for i in n:\n    'y = x'\n    y = i\n  while y:\n    'z'\n    y = 0")
    )
    assert text == "def f(n):\n    for i in n:  # y = x\n        y = i\n    while y:  # z\n        y = 0\n"
    assert origins == {1: 1, 2: 2, 3: 4, 4: 5, 5: 7}


@pytest.mark.parametrize(
    "body",
    [
        "# y = x\n        y = i\n        # z = x\n        z = i",
        "if i:\n            # y = x\n            y = i",
        f"# {'long' * 22}\n        y = i",
    ],
)
def test_other_comments_of_a_loop_stand_on_their_own(body: str) -> None:
    text = f"def f(n):\n    for i in n:\n        {body}\n"
    source = "\n".join(re.sub("# (.*)", r"'\1'", line) for line in text.splitlines())
    assert print_function(_numbered(source))[0] == text


def test_inner_loop_keeps_its_comment() -> None:
    source = "def f(n):\n  for i in n:\n    for j in i:\n      'y = x'\n      y = i"
    expected = "def f(n):\n    for i in n:\n        for j in i:  # y = x\n            y = i\n"
    assert print_function(_numbered(source))[0] == expected


def test_chains_of_branches_are_flat() -> None:
    inner = "  if b:\n   'c'\n   x = 2\n  else:\n   if c:\n    x = 3\n   else:\n    x = 4"
    nested = f"def f(x):\n if a:\n  x = 1\n else:\n{inner}"
    text, origins = print_function(_numbered(nested))
    assert text.splitlines()[1::2] == ["    if a:", "    elif b:", "        x = 2", "        x = 3", "        x = 4"]
    assert origins == {1: 1, 2: 2, 3: 3, 4: 5, 5: 6, 6: 7, 7: 9, 8: 10, 9: 9, 10: 12}


def test_a_branch_with_more_than_a_branch_stays_nested() -> None:
    source = "def f(x):\n    if a:\n        x = 1\n    else:\n        # c\n        if b:\n            x = 2\n"
    assert print_function(_numbered(source.replace("# c", "'c'")))[0] == source


def test_deep_nesting_is_printed_in_full() -> None:
    conditions = [f"condition_{number}" for number in range(24)]
    lines = [f"{' ' * (depth + 1)}if {name}:" for depth, name in enumerate(conditions)]
    inner = (
        f"{' ' * 25}'y = combine(first * second + third)'\n{' ' * 25}y = combine(first * second + third, axis=first)"
    )
    source = "\n".join(["def f(x):", *lines, inner])
    text, _ = print_function(_numbered(source))
    without_comment = ast.parse(source.replace("'y = combine(first * second + third)'", "pass"))
    assert ast.dump(ast.parse(re.sub("# .*", "pass", text))) == ast.dump(without_comment)
