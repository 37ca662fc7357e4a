"""Music that lies on the beats of its file: their grid, its bars and its meter."""
