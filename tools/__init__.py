"""What only this folder needs: nothing here is installed with the program."""
