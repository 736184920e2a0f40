/* dial: connections of libcurl's that are a program's stdin and stdout. */
#include "core/dial.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/proc.h"

enum { LINE_SIZE = 512 };

/* A program and its connection. It goes when neither libcurl nor a transfer knows it any more. */
typedef struct os2_dialed {
  struct os2_dialed *next;
  int fd;         /* libcurl's end; -1 once it is closed */
  os2_dial *dial; /* of the transfer it was started for; NULL: it let go */
  os2_op *process;
  size_t len;
  char line[LINE_SIZE];      /* of its stderr, the one that is coming in */
  char last_line[LINE_SIZE]; /* the last whole one with a word in it */
} os2_dialed;

static os2_dialed *all;

/* ---- the program ---- */

static void end_line(os2_dialed *d) {
  while (d->len > 0 && strchr(" \t\r", d->line[d->len - 1]) != NULL) d->len--;
  d->line[d->len] = '\0';
  if (d->len > 0) memcpy(d->last_line, d->line, d->len + 1);
  d->len = 0;
}

static void keep_line(os2_dialed *d, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (bytes[i] == '\n') end_line(d);
    else if (d->len < LINE_SIZE - 1) d->line[d->len++] = bytes[i];
}

static void on_process(os2_op *process, void *arg) {
  os2_dialed *d = arg;
  os2_event *event;
  while ((event = os2_op_take(process)) != NULL) {
    keep_line(d, event->data, event->len);
    free(event);
  }
  if (!process->finished) return;
  end_line(d);
  os2_dial *dial = d->dial;
  if (dial == NULL || dial->ended == NULL) return;
  void (*ended)(void *) = dial->ended;
  dial->ended = NULL;
  ended(dial->arg);
}

static os2_op *start(os2_dial *dial, int fd) {
  /* A group of its own: an interrupt at the terminal is ours, and our clean-up needs the engine. */
  os2_proc_options options = {.argv = (char *const *)dial->argv,
                              .in = OS2_STDIO_FD,
                              .out = OS2_STDIO_FD,
                              .err = OS2_STDIO_PIPE,
                              .fd = fd,
                              .in_background = true,
                              .new_group = true};
  return os2_proc_start(dial->loop, &options, &dial->err);
}

static void forget_unused(os2_dialed *d) {
  if (d->fd >= 0 || d->dial != NULL) return;
  os2_dialed **at = &all;
  while (*at != d) at = &(*at)->next;
  *at = d->next;
  os2_op_close(d->process);
  free(d);
}

void os2_dial_release(os2_dial *dial) {
  os2_dialed *d = dial->dialed;
  dial->dialed = NULL;
  dial->ended = NULL;
  if (d == NULL) return;
  d->dial = NULL;
  forget_unused(d);
}

static void add(os2_dial *dial, os2_op *process, int fd) {
  os2_dialed *d = os2_mem_zero(1, sizeof *d);
  *d = (os2_dialed){.next = all, .fd = fd, .dial = dial, .process = process};
  all = d;
  dial->dialed = d;
  process->listener = on_process;
  process->listener_arg = d;
}

/* ---- libcurl's side ---- */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address) {
  os2_dial *dial = arg;
  int ends[2];
  (void)purpose;
  (void)address;
  os2_dial_release(dial); /* of a kept connection that was found dead */
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    os2_fail_errno(&dial->err, errno, "no connection for %s", dial->argv[0]);
    return CURL_SOCKET_BAD;
  }
  os2_op *process = start(dial, ends[1]);
  close(ends[1]);
  if (process == NULL) {
    close(ends[0]);
    return CURL_SOCKET_BAD;
  }
  add(dial, process, ends[0]);
  return ends[0];
}

static int close_socket(void *arg, curl_socket_t fd) {
  (void)arg;
  os2_dialed *d = all;
  while (d != NULL && d->fd != fd) d = d->next;
  int code = close(fd);
  if (d == NULL) return code;
  d->fd = -1;
  forget_unused(d);
  return code;
}

/* libcurl keeps connections by the path of their unix socket. */
static void set_name(CURL *easy, const char *const *argv) {
  char name[64];
  uint64_t hash = 14695981039346656037U; /* FNV-1a */
  for (; *argv != NULL; argv++)
    for (size_t i = 0; i <= strlen(*argv); i++)
      hash = (hash ^ (unsigned char)(*argv)[i]) * 1099511628211U;
  snprintf(name, sizeof name, "program-%016" PRIx64, hash);
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, name);
}

void os2_dial_set(os2_dial *dial, os2_loop *loop, const char *const *argv, CURL *easy) {
  dial->loop = loop;
  dial->argv = argv;
  set_name(easy, argv);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, dial);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
}

/* ---- what went wrong ---- */

bool os2_dial_await(os2_dial *dial, void (*ended)(void *arg), void *arg) {
  if (dial->dialed == NULL || dial->dialed->process->finished) return false;
  dial->ended = ended;
  dial->arg = arg;
  return true;
}

void os2_dial_explain(const os2_dial *dial, os2_err *err) {
  if (dial->err.kind != OS2_OK) {
    *err = dial->err;
    return;
  }
  const os2_dialed *d = dial->dialed;
  if (d == NULL || !d->process->finished) return;
  int code = os2_proc_status_of(d->process).code;
  if (code == 0) return;
  const char *said = d->last_line[0] != '\0' ? d->last_line : "it said nothing";
  os2_fail(err, OS2_UNAVAILABLE, "%s ended with exit code %d: %s", dial->argv[0], code, said);
}
