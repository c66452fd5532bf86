"""What only one paper's chapter needs, a room each, and the baselines that all tables share."""
