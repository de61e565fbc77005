"""The open web: DCAT-AP, schema.org, Croissant, data.json, feeds, sitemap, persistent addresses.

Everything here is made from a record as the Action API gives it, with the newest manifest
beside it where one knows more. rdflib lives in this package alone; `routes` is its door.
"""
