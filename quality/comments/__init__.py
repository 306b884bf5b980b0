"""What readers say is wrong with a public page, and the answers that everybody reads (PUB-7)."""
