"""``python -m r2s2r``."""

import sys

from r2s2r.cli import main

if __name__ == "__main__":
    sys.exit(main())
