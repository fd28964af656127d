"""Published guidance as data, and its evaluation in three-valued logic."""
