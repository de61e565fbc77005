"""What agencies and the public see: records, search, rows, downloads, access.

Nothing here makes data: rows come from releases, through `lakehouse`.
"""
