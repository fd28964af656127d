"""The boundary to DICOM files: scan, gate, series, load."""
