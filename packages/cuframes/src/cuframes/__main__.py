"""``python -m cuframes``: look at streams, test them, record them."""

from __future__ import annotations

import sys

from cuframes._cli import main

if __name__ == "__main__":
    sys.exit(main())
