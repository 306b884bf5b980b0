"""PostgreSQL and Valkey out of Python wheels, so that one command starts everything on a bare machine."""
