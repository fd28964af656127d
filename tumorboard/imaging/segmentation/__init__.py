"""Making and changing masks: outlines, growing, brush, cleaning, splitting."""
