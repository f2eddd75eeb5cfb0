"""What was measured beside what the render stage is asked for."""


def at_least(least: float, measured: float, what: str) -> None:
    """Print a number that must not be lower than another."""
    _print(measured >= least, what, f"{measured:.4g} (>= {least:g})")


def at_most(most: float, measured: float, what: str) -> None:
    """Print a number that must not be higher than another."""
    _print(measured <= most, what, f"{measured:.4g} (<= {most:g})")


def _print(is_held: bool, what: str, numbers: str) -> None:
    print(f"  {'held  ' if is_held else 'MISSED'} {what}: {numbers}", flush=True)
