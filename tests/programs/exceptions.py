"""`raise`, `try`, `with`, `del`."""
