"""The DICOM elements of the picture on show."""
