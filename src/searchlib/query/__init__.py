"""What does a query string ask for?"""
