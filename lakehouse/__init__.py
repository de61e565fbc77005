"""Tables, files and releases in object storage, and reading them.

What a dataset is belongs to `contracts`; when a release is made, to `orchestration`; how it is
shown, to `catalog`. The libraries `deltalake` and `minio` live in this room only.
"""
