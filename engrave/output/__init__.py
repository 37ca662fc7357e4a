"""A `Score` comes in, the bytes of a file go out."""
