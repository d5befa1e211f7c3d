"""scripts/torture: bench under kills, failures, hostile input and plug-ins that misbehave."""
