"""Where each field comes from, in SQL, and which operation each mutation calls; one file a noun."""
