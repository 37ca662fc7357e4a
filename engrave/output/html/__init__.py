"""A `Score` comes in, a page goes out that shows and plays it."""
