"""What the pages show on which a round is run, its figures are released, and its plan is kept."""
