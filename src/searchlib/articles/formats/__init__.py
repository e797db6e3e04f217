"""How is each format of file read? One module for each; what they share is beside this package."""
