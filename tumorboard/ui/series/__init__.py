"""Series: opened, imported, parted, compared by date."""
