"""DICOM files to and from core types: scan, series, checks, load."""
