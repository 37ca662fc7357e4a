"""The systems that are compared, each from a recording to a page."""
