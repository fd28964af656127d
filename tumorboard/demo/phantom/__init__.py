"""The demonstration data: a parametric abdominal CT phantom with known truth."""
