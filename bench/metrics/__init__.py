"""One measure of a page against the truth a module; `all` puts them together."""
