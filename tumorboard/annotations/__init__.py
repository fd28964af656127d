"""What a reader draws on images, in patient coordinates."""
