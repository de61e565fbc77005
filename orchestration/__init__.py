"""When and in what order: the pipeline of one dataset, Dagster definitions, the command line.

Assembly and sequence belong here; reading, cleaning, judging, storing and serving belong to
the rooms below.
"""
