"""The boundary to paper: board reports as HTML and PDF."""
