"""Reminders: who is told what on a day, the letter that says it, and what became of it.

`ladder` says when a plan reminds, `due` what each person has to do on a day, `digest` writes it as a letter, `sending`
keeps and sends the letters, each once, `log` reads them back for the page.
"""
