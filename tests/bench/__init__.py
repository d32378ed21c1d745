"""Benchmarks: what is measured against a yardstick of the same run (``python3 packaging/dev.py bench [NAME …]``).

A benchmark is a module of this folder without a leading underscore, with a function ``measure() -> list[Row]``.
The runner finds it by being there.
"""
