"""The course of the patient on one strip."""
