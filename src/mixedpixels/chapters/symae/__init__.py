"""The chapter on SymAE: its study of a labelled scene, SpectralFormer, and its timings."""
