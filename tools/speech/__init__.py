"""Scripts that make spoken test recordings and record what another recogniser makes of them."""
