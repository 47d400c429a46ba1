"""Functions that call themselves or each other."""
