"""Mutable structures: lists, dicts, instances and their methods."""
