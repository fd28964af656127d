"""What an author of rules needs and a reader does not: lint, enumeration, the list for sign-off."""
