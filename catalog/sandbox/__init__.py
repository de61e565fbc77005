"""SQL of strangers over open releases, in a process that can reach nothing else.

The text is parsed and checked against a list (`grammar`) in a child that lives for one
question, with open files handed to it and no way to open others (`zygote`, `engine`). The
catalogue's own processes never run it. See docs/datastore.md.
"""
