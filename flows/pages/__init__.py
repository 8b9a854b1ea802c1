"""One file per provider's pages: elements with their names in English and Japanese, old wordings and new."""
