"""From op definitions to Programs. pipeline.py lists the passes in order."""
