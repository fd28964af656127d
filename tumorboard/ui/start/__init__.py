"""Where one begins: what is offered while no case is open."""
