"""Pure view models: from core types to the rows that panels show."""
