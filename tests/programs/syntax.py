"""The rest of the syntax: comprehensions, built-in functions, `match`, assignment expressions."""
