"""Annexes set in print without a browser's layout: tables of words in three faces, tagged, thousands of rows a second.

WeasyPrint sets the body of a document; a cell costs it a millisecond and keeps 30 kB. An annex is only a table with
columns of known width: `tables` breaks its words into lines and its rows into pages, `drawing` writes them into the
same PDF, `joining` puts the two together. What stands where is what WeasyPrint makes of the same table written as
HTML (`setup/bench/annex.html`); a test holds the two side by side.
"""
