"""What others made of the images: masks, marks, reports, another series in colours."""
