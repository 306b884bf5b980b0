"""Copies that can be brought back: base backups, the archive of the log, files; encrypted, checked, and tried."""
