"""Masters from public data: reading the published files, with their dirt, and merging them into the tables."""
