/* edit_output: what is written to the terminal while a line is edited. */
#include "core/edit/edit_output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/loop/output.h"

enum { KEPT_BYTES = 64 * 1024 };

static char edit_output_kept[KEPT_BYTES];
static size_t edit_output_bytes; /* of them are used */
static bool edit_output_is_held;

static void edit_output_write_out(const char *data, size_t len) {
  while (len > 0) {
    ssize_t written = write(STDOUT_FILENO, data, len);
    if (written < 0 && errno != EINTR) return;
    if (written < 0) continue;
    data += written;
    len -= (size_t)written;
  }
}

void os2_edit_output_flush(void) {
  edit_output_write_out(edit_output_kept, edit_output_bytes);
  edit_output_bytes = 0;
}

/* Keeps what has room; more is written at once. */
static void edit_output_keep(const char *data, size_t len) {
  if (len > sizeof edit_output_kept - edit_output_bytes) os2_edit_output_flush();
  if (len > sizeof edit_output_kept) {
    edit_output_write_out(data, len);
    return;
  }
  memcpy(edit_output_kept + edit_output_bytes, data, len);
  edit_output_bytes += len;
}

void os2_edit_output_hold(void) {
  os2_output_divert(edit_output_keep);
  edit_output_is_held = true;
}

void os2_edit_output_release(void) {
  os2_output_divert(NULL);
  edit_output_is_held = false;
  os2_edit_output_flush();
}

bool os2_edit_output_has_kept(void) {
  fflush(stdout);
  return edit_output_bytes > 0;
}

void os2_edit_output_write(const char *text, size_t len) {
  fflush(stdout);
  if (edit_output_is_held)
    edit_output_keep(text, len);
  else
    edit_output_write_out(text, len);
}
