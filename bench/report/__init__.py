"""Results as files, tables and pages to look at."""
