/* edit: the line that a person edits on the terminal, with libedit. */
#include "core/edit/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/tty.h"
#include "core/edit/edit_output.h"
#include "core/edit/edit_screen.h"

/* After ESC the rest of a key's bytes comes at once; a lone ESC is dropped after this time. The
   rest of another key, such as ^X ^X, is waited for longer; nothing else runs meanwhile. */
enum { ESCAPE_MS = 500, FIRST_MS = 0, REST_MS = 2000 };
enum { HISTORY_ENTRIES = 100 * 1000, DEFAULT_COLUMNS = 80 };
enum { ESCAPE = 27, QUIT = 28 /* ^\ */ };

typedef struct edit {
  os2_op op;
  EditLine *el;
  History *history;
  FILE *out;       /* the terminal; stdout holds back what it gets during a line */
  locale_t locale; /* UTF-8 for libedit alone: Lua's character classes stay those of C */
  char *prompt;
  int epoll_fd; /* libuv would make stdin itself non-blocking (core/loop/input) */
  uv_poll_t poll;
  uv_signal_t resize;
  int open_handles;
  int asked;      /* the event that the key pressed last asks for; 0: none */
  int key_bytes;  /* bytes read for this key */
  bool is_escape; /* the first of them is ESC */
  bool is_editing;
  bool is_quitting; /* ^\ was pressed */
  bool has_gone;    /* the terminal was hung up */
} edit;

static edit *edit_of(EditLine *el) {
  edit *e = NULL;
  el_get(el, EL_CLIENTDATA, &e);
  return e;
}

/* ---- keys ---- */

static int edit_wait_ms(const edit *e) {
  if (e->key_bytes == 0) return FIRST_MS;
  return e->is_escape ? ESCAPE_MS : REST_MS;
}

/* Returns 1, or 0 when no byte comes: a lone ESC, a signal, the end. */
static int edit_read_byte(edit *e, char *byte) {
  struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
  if (poll(&in, 1, edit_wait_ms(e)) != 1) return 0;
  ssize_t got = read(STDIN_FILENO, byte, 1);
  if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) e->has_gone = true;
  if (got != 1) return 0;
  if (e->key_bytes++ == 0) e->is_escape = *byte == ESCAPE;
  return 1;
}

/* libedit reads each character with this. Returns 1, or 0 for none. */
static int edit_read_character(EditLine *el, wchar_t *character) {
  edit *e = edit_of(el);
  mbstate_t state = {0};
  char byte;
  while (edit_read_byte(e, &byte)) {
    size_t used = mbrtowc(character, &byte, 1, &state);
    if (used == (size_t)-2) continue; /* there is more of it */
    if (used == (size_t)-1) *character = L'?';
    return 1;
  }
  return 0;
}

static unsigned char edit_ask(EditLine *el, int event) {
  edit_of(el)->asked = event;
  return CC_NORM;
}

static unsigned char edit_on_tab(EditLine *el, int key) {
  (void)key;
  return edit_ask(el, OS2_EDIT_COMPLETE);
}

static unsigned char edit_on_interrupt(EditLine *el, int key) {
  edit_of(el)->is_quitting = key == QUIT;
  return edit_ask(el, OS2_EDIT_INTERRUPT);
}

static unsigned char edit_on_eof(EditLine *el, int key) {
  const LineInfoW *line = el_wline(el);
  (void)key;
  if (line->buffer == line->lastchar) return edit_ask(el, OS2_EDIT_EOF);
  if (line->cursor == line->lastchar) return CC_ERROR;
  el_cursor(el, 1);
  el_deletestr(el, 1);
  return CC_REFRESH;
}

/* ---- the screen ---- */

static int edit_columns(void) {
  int rows, columns;
  return os2_tty_size(STDOUT_FILENO, &rows, &columns) ? columns : DEFAULT_COLUMNS;
}

static int edit_rows_to(const edit *e, const wchar_t *end) {
  const LineInfoW *line = el_wline(e->el);
  return os2_edit_rows((int)strlen(e->prompt), line->buffer, (size_t)(end - line->buffer),
                       edit_columns());
}

/* Moves to where the prompt begins, and clears from there. */
static void edit_hide(edit *e) {
  int rows = edit_rows_to(e, el_wline(e->el)->cursor);
  fputs("\r", e->out);
  if (rows > 0) fprintf(e->out, "\033[%dA", rows);
  fputs("\033[J", e->out);
  fflush(e->out);
}

/* Moves to the row below the edited text. */
static void edit_leave_line(edit *e) {
  const LineInfoW *line = el_wline(e->el);
  int rows = edit_rows_to(e, line->lastchar) - edit_rows_to(e, line->cursor);
  while (rows-- > 0) fputs("\n", e->out);
  fputs("\r\n", e->out);
  fflush(e->out);
}

/* Moves to a new row unless the cursor stands at the begin of one: a row of spaces wraps in the one
   case and not in the other. */
static void edit_begin_row(edit *e) {
  fprintf(e->out, "%*s\r\033[K", edit_columns(), "");
  fflush(e->out);
}

static void edit_draw(edit *e) { el_set(e->el, EL_REFRESH); }

static char *edit_get_prompt(EditLine *el) { return edit_of(el)->prompt; }

/* ---- a line ---- */

static void edit_stop_line(edit *e) {
  if (!e->is_editing) return;
  e->is_editing = false;
  uv_poll_stop(&e->poll);
  uv_signal_stop(&e->resize);
  el_set(e->el, EL_UNBUFFERED, 0);
  os2_tty_restore();
  os2_edit_output_release();
}

/* Pushes an event with the text up to `end`. */
static void edit_push(edit *e, int event, bool is_whole) {
  const LineInfo *line = el_line(e->el);
  size_t len = (size_t)((is_whole ? line->lastchar : line->cursor) - line->buffer);
  if (event == OS2_EDIT_LINE && len > 0) len--; /* the line feed */
  char *text = os2_mem_with(1, len);
  memcpy(text, line->buffer, len);
  if (event != OS2_EDIT_COMPLETE) edit_stop_line(e);
  os2_op_push(&e->op, event, text, len);
  free(text);
}

static void edit_end_without_text(edit *e, int event) {
  if (event == OS2_EDIT_INTERRUPT) fputs(e->is_quitting ? "^\\" : "^C", e->out);
  edit_leave_line(e);
  edit_stop_line(e);
  if (e->is_quitting) raise(SIGQUIT); /* ends os2, unless it was started with SIGQUIT ignored */
  os2_op_push(&e->op, event, NULL, 0);
}

static void edit_take_key(edit *e) {
  int count = 0;
  e->asked = 0;
  e->key_bytes = 0;
  const wchar_t *text = el_wgets(e->el, &count);
  if (e->has_gone) e->asked = OS2_EDIT_EOF;
  if (e->asked == OS2_EDIT_COMPLETE)
    edit_push(e, OS2_EDIT_COMPLETE, false);
  else if (e->asked != 0)
    edit_end_without_text(e, e->asked);
  else if (text != NULL && count > 0 && text[count - 1] == L'\n')
    edit_push(e, OS2_EDIT_LINE, true);
}

static void edit_on_poll(uv_poll_t *poll, int status, int events) {
  edit *e = poll->data;
  (void)status;
  (void)events;
  locale_t before = uselocale(e->locale);
  edit_take_key(e);
  uselocale(before);
}

static void edit_on_resize(uv_signal_t *signal, int number) {
  edit *e = signal->data;
  (void)number;
  locale_t before = uselocale(e->locale);
  edit_hide(e);
  el_resize(e->el);
  edit_draw(e);
  uselocale(before);
}

/* ---- life ---- */

static void edit_on_closed(uv_handle_t *handle) {
  edit *e = handle->data;
  if (--e->open_handles > 0) return;
  close(e->epoll_fd);
  os2_op_release(&e->op);
}

static void edit_free_library(edit *e) {
  if (e->el != NULL) el_end(e->el);
  if (e->history != NULL) history_end(e->history);
  if (e->out != NULL) fclose(e->out);
  if (e->locale != (locale_t)0) freelocale(e->locale);
  free(e->prompt);
}

static void edit_cancel(os2_op *op) {
  edit *e = (edit *)op;
  edit_stop_line(e);
  uv_close((uv_handle_t *)&e->poll, edit_on_closed);
  uv_close((uv_handle_t *)&e->resize, edit_on_closed);
}

static void edit_destroy(os2_op *op) {
  edit_free_library((edit *)op);
  free(op);
}

static const os2_op_class EDIT_CLASS = {
    .name = "edit", .cancel = edit_cancel, .destroy = edit_destroy};

static void edit_bind_keys(edit *e) {
  EditLine *el = e->el;
  el_set(el, EL_EDITOR, "emacs");
  el_set(el, EL_BIND, "^R", "ed-search-prev-history", NULL);
  el_source(el, NULL);
  /* the narrow form of EL_ADDFN would leak copies of the texts */
  el_wset(el, EL_ADDFN, L"os2-complete", L"complete the word", edit_on_tab);
  el_wset(el, EL_ADDFN, L"os2-interrupt", L"drop the line", edit_on_interrupt);
  el_wset(el, EL_ADDFN, L"os2-eof", L"delete, or end at an empty line", edit_on_eof);
  el_set(el, EL_BIND, "^I", "os2-complete", NULL);
  el_set(el, EL_BIND, "^C", "os2-interrupt", NULL);
  el_set(el, EL_BIND, "^\\", "os2-interrupt", NULL);
  el_set(el, EL_BIND, "^D", "os2-eof", NULL);
  el_set(el, EL_SETTY, "-d", "-isig", NULL); /* ^C and ^\ are keys while a line is edited */
}

static void edit_set_up(edit *e) {
  HistEvent event;
  history(e->history, &event, H_SETSIZE, HISTORY_ENTRIES); /* Lua keeps to the policy */
  el_set(e->el, EL_CLIENTDATA, e);
  el_set(e->el, EL_PROMPT, edit_get_prompt);
  el_set(e->el, EL_HIST, history, e->history);
  el_set(e->el, EL_SIGNAL, 0);
  edit_bind_keys(e);
  el_wset(e->el, EL_GETCFN, edit_read_character);
}

static FILE *edit_open_terminal(void) {
  int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
  if (out == NULL && fd >= 0) close(fd);
  return out;
}

/* Returns an epoll instance that watches stdin, or -1. */
static int edit_open_epoll(void) {
  struct epoll_event event = {.events = EPOLLIN};
  int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0 || epoll_ctl(fd, EPOLL_CTL_ADD, STDIN_FILENO, &event) == 0) return fd;
  close(fd);
  return -1;
}

static bool edit_open_library(edit *e) {
  e->out = edit_open_terminal();
  if (e->out == NULL) return false;
  e->epoll_fd = edit_open_epoll();
  if (e->epoll_fd < 0) return false;
  e->el = el_init("os2", stdin, e->out, e->out);
  e->history = history_init();
  if (e->el != NULL && e->history != NULL) return true;
  close(e->epoll_fd);
  return false;
}

static void edit_start_handles(edit *e, os2_loop *loop) {
  os2_op_init(&e->op, loop, &EDIT_CLASS);
  uv_poll_init(&loop->uv, &e->poll, e->epoll_fd);
  uv_signal_init(&loop->uv, &e->resize);
  e->poll.data = e->resize.data = e;
  e->open_handles = 2;
}

os2_op *os2_edit_open(os2_loop *loop, os2_err *err) {
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    os2_fail(err, OS2_INVALID, "stdin and stdout are no terminal");
    return NULL;
  }
  edit *e = os2_mem_zero(1, sizeof *e);
  e->prompt = os2_mem_copy("");
  e->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  locale_t before = uselocale(e->locale);
  bool is_open = edit_open_library(e);
  if (is_open) edit_set_up(e);
  uselocale(before);
  if (is_open) {
    edit_start_handles(e, loop);
    return &e->op;
  }
  edit_free_library(e);
  free(e);
  os2_fail(err, OS2_UNAVAILABLE, "the terminal cannot be opened for editing");
  return NULL;
}

int os2_edit_begin(os2_op *op, const char *prompt, os2_err *err) {
  edit *e = (edit *)op;
  if (e->is_editing) return 0;
  if (os2_tty_save(STDIN_FILENO, err) != 0) return -1;
  free(e->prompt);
  e->prompt = os2_mem_copy(prompt);
  e->is_editing = true;
  os2_edit_output_hold();
  locale_t before = uselocale(e->locale);
  edit_begin_row(e);
  el_set(e->el, EL_UNBUFFERED, 1);
  uselocale(before);
  uv_poll_start(&e->poll, UV_READABLE, edit_on_poll);
  uv_signal_start(&e->resize, edit_on_resize, SIGWINCH);
  return 0;
}

void os2_edit_insert(os2_op *op, const char *text) {
  edit *e = (edit *)op;
  if (!e->is_editing) return;
  locale_t before = uselocale(e->locale);
  edit_hide(e);
  if (el_insertstr(e->el, text) != 0) el_beep(e->el);
  edit_draw(e);
  uselocale(before);
}

void os2_edit_show(os2_op *op, const char *text) {
  edit *e = (edit *)op;
  if (!e->is_editing) return;
  locale_t before = uselocale(e->locale);
  edit_leave_line(e);
  fprintf(e->out, "%s\n", text);
  fflush(e->out);
  edit_draw(e);
  uselocale(before);
}

void os2_edit_flush(os2_op *op) {
  edit *e = (edit *)op;
  if (!e->is_editing || !os2_edit_output_has_kept()) return;
  locale_t before = uselocale(e->locale);
  edit_hide(e);
  os2_edit_output_flush();
  edit_begin_row(e);
  edit_draw(e);
  uselocale(before);
}

void os2_edit_interrupt(os2_op *op) {
  edit *e = (edit *)op;
  if (!e->is_editing) return;
  locale_t before = uselocale(e->locale);
  edit_leave_line(e);
  edit_stop_line(e);
  uselocale(before);
}

void os2_edit_remember(os2_op *op, const char *text) {
  edit *e = (edit *)op;
  HistEvent event;
  locale_t before = uselocale(e->locale);
  history(e->history, &event, H_ENTER, text);
  uselocale(before);
}
