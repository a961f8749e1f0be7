"""What the last page of an issued report shows to whoever wants to check it: a QR code, the check code, the address."""

from ..sealing.qr import check_matrix
from ..typesetting import BOLD, MM, REGULAR
from .drawing import RULE

SIDE, QUIET = 26 * MM, 4  # of the code with its quiet zone; modules of that zone
GAP = 6 * MM
SIZE = 11
LABEL = "Mã kiểm tra: {code}"
WHERE = "Tra cứu tại: {address}"
WORDS = "Quét mã QR hoặc nhập mã kiểm tra tại địa chỉ trên để đối chiếu văn bản này với văn bản đã ban hành."
ALTERNATIVE = "Mã QR dẫn đến trang kiểm tra văn bản: {address}"


def set_check(sheet, code, address):
    """Draw the block at the foot of the page of `sheet`, or of one more where there is no room left."""
    if sheet.y + GAP + SIDE > sheet.foot:
        sheet.next_page()
    pen, top = sheet.pen, sheet.foot - SIDE
    pen.artifact(rules=[(sheet.left, top - RULE, sheet.left + sheet.width, top - RULE)])
    box = (sheet.left, top, sheet.left + SIDE, top + SIDE)
    figure = pen.element(b"Figure", None, pen.figure(ALTERNATIVE.format(address=address), box))
    pen.squares(figure, check_matrix(address), box, QUIET)
    sheet.y = top + QUIET * SIDE / (len(check_matrix(address)) + 2 * QUIET)
    sheet.paragraph(b"P", LABEL.format(code=code), BOLD, SIZE, left=SIDE)
    sheet.paragraph(b"P", WHERE.format(address=address), REGULAR, SIZE, left=SIDE, url=address)
    sheet.paragraph(b"P", WORDS, REGULAR, SIZE, left=SIDE)
