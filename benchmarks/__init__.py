"""Measurements of the platform, each in processes of its own. Nothing imports this."""
