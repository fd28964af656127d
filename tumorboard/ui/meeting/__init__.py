"""The meetings of the board on the screen: agenda, attendees, readiness of the cases."""
