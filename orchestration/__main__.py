"""``python -m orchestration``: the ``dungchung`` command line."""

from orchestration.cli import main

main()
