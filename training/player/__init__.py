"""A made-up player: scores come in, performances go out."""
