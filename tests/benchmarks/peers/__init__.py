"""What others would write: programs of their own, which know nothing of ours."""
