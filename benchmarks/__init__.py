"""How fast is searchlib, and next to what?"""
