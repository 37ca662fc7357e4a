"""How far the page is from the true score: figures for `engrave` and its peers, pages to look at.

Stands beside the package and imports it, never the other way round. See README.md here.
"""
