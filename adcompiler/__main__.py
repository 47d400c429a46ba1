"""`python -m adcompiler`."""

import sys

from adcompiler.cli import main

sys.exit(main())
