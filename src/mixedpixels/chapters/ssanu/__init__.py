"""The chapter on SSANU-Net: its tables, its readings, and what they compare."""
