"""File formats as data. Nothing here knows Django or another room."""
