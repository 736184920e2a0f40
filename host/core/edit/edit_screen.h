/* edit_screen: where the edited text stands on the screen. Any thread. */
#ifndef OS2_CORE_EDIT_EDIT_SCREEN_H
#define OS2_CORE_EDIT_EDIT_SCREEN_H

#include <stddef.h>
#include <wchar.h>

/* Returns how many rows below the prompt's row the end of a text stands. `before` is the number of
   cells of the prompt; a terminal has `columns` cells in a row. The locale says how wide a
   character is. */
int os2_edit_rows(int before, const wchar_t *text, size_t count, int columns);

#endif
