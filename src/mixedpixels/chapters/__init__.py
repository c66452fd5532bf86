"""Code that only one paper's chapter uses, one package each, and the baselines of all tables."""
