"""Models of this app's things, for Django: none yet."""
