/* edit_screen: where the edited text stands on the screen. */
#include "core/edit/edit_screen.h"

enum { CONTROL_CELLS = 2 /* shown as ^X */ };

static int edit_screen_cells(wchar_t character) {
  int cells = wcwidth(character);
  return cells < 0 ? CONTROL_CELLS : cells;
}

int os2_edit_rows(int before, const wchar_t *text, size_t count, int columns) {
  int row = before / columns, column = before % columns;
  for (size_t i = 0; i < count; i++) {
    column = text[i] == L'\n' ? columns : column + edit_screen_cells(text[i]);
    if (column < columns) continue;
    row++;
    column = text[i] == L'\n' ? 0 : column - columns;
  }
  return row;
}
