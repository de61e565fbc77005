"""What a contract, a mapping and ``sources.yaml`` may say: the profile of ODCS v3.2.

Here belong the shapes (pydantic models) and their JSON Schema for editors. Meaning across
files (does this column exist?) is `contracts.linting`; turning a shape into the frozen types
is `contracts.loading`.
"""
