"""How long states usually last."""
