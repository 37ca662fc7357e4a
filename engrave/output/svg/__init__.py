"""A `Score` comes in, pictures go out: drawn by Verovio, then cleaned."""
