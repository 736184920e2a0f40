/* edit: the line that a person edits on the terminal, with libedit. All functions must be called on
   the loop thread. */
#ifndef OS2_CORE_EDIT_EDIT_H
#define OS2_CORE_EDIT_EDIT_H

#include "core/loop/op.h"

/* The types of the operation's events. Their data is text in UTF-8. */
enum {
  OS2_EDIT_LINE = 1,  /* a line was ended; the data is the line without its line feed */
  OS2_EDIT_COMPLETE,  /* TAB was pressed; the data is the text before the cursor */
  OS2_EDIT_INTERRUPT, /* ^C was pressed; no data */
  OS2_EDIT_EOF,       /* ^D was pressed on an empty line, or the terminal was hung up; no data */
};

/* Opens the editor on the terminal at stdin and stdout, with the user's ~/.editrc. It edits nothing
   until os2_edit_begin. There may be one at a time. Returns NULL with err when they are no terminal
   that can be edited on. The operation never finishes by itself. */
os2_op *os2_edit_open(os2_loop *loop, os2_err *err);

/* Begins a new line behind the prompt, which is ASCII text without control characters. The
   terminal is in the editor's mode until the line ends (all events but OS2_EDIT_COMPLETE); what is
   written to stdout meanwhile is kept (edit_output) until os2_edit_flush. Returns 0, or -1 with err
   when the terminal has gone. */
int os2_edit_begin(os2_op *op, const char *prompt, os2_err *err);

/* Inserts text at the cursor. Does nothing when no line is edited. */
void os2_edit_insert(os2_op *op, const char *text);

/* Writes lines below the edited line, and the line again below them. */
void os2_edit_show(os2_op *op, const char *text);

/* Writes what was kept in place of the edited line, and the line again below it. Does nothing when
   nothing is kept or no line is edited. */
void os2_edit_flush(os2_op *op);

/* Ends the edited line as ^C does, without an event. */
void os2_edit_interrupt(os2_op *op);

/* Adds an entry to what the keys Up and ^R find. */
void os2_edit_remember(os2_op *op, const char *text);

#endif
