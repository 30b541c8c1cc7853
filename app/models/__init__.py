"""What store and catalogue say together: which models are here, which can be had, which suit here."""
