"""Prints which wheels this Python can install, best first, as pip itself would order them (pip >= 20).

Result: ["cp311-cp311-manylinux_2_36_x86_64", ...].
"""
from __future__ import annotations

from launchpad_events import result


def tags() -> list[str]:
    """Every supported tag, best first."""
    from pip._vendor.packaging.tags import sys_tags

    return [str(tag) for tag in sys_tags()]


if __name__ == "__main__":
    result(tags())
