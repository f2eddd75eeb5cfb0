"""USD files (usda, usdc, usdz), by pxr, which is imported here only for files that are USD.

Its readers were not made for damaged files: they may never return, or take all memory. So a process of its own, which
may be killed, goes first (``child.py``).
"""
