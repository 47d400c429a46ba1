"""Updates in place through every form that NumPy has, and through views."""
