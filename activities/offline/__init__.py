"""An update filled in away from the portal: out as a protected workbook, in again by the rules of the page.

`layout` says what stands where, both ways; `writing` makes the form of an update, `reading` judges one that came back,
`taking` keeps what it says.
"""
