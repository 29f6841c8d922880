"""The subcommands of `taeda` for language models, a file each; the table is in taeda/__main__.py."""
