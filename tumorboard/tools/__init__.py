"""One gesture a file: pure state machines from pointer events to annotation edits."""
