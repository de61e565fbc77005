"""A sample province: two sector databases of different vendors and ages, with real dirt.

What belongs here: making the source databases and the truth table of planted faults, seeded
and at any size. What does not: anything of the platform. This room imports nothing of ours,
so that it can stand in for databases we did not make. The schemas are in ``README.md``.
"""
