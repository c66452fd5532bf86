"""The chapter on SSANU-Net: the fits under each reading, and the tables that compare methods."""
