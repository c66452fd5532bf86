"""Networks that the papers compare themselves with, one file each, with the face of the papers' own."""
