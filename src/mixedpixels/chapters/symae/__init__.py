"""The chapter on SymAE: studies of a labelled scene, SpectralFormer, and the timing of updates."""
