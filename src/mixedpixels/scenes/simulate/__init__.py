"""Simulated scenes: twins of registered ones, synthetic mixtures, and scenes with a known truth."""
