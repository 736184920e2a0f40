/* dial: libcurl connections that run over the stdin and stdout of a program (ssh). */
#include "core/http/dial.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/loop/proc.h"
#include "core/loop/timer.h"

enum { LINE_BYTES = 512 };
/* seconds that a program has to end and print its reason, after it closed the connection */
enum { PATIENCE_SECONDS = 2 };

/* A program and its connection. It is freed when neither libcurl nor a transfer refers to it any
   more. libcurl 7.88 connects every socket it is given, in spite of CURL_SOCKOPT_ALREADY_CONNECTED,
   so a socket pair cannot be used; and it does not reuse a connection to an abstract unix socket.
   Therefore libcurl gets the address of a listener on 127.0.0.1, and the program gets the accepted
   end. */
typedef struct os2_dialed {
  struct os2_dialed *next;
  uv_poll_t listener;    /* must be the first member; active until libcurl has connected */
  int listener_fd;       /* -1: closed */
  bool is_listener_gone; /* libuv has closed the listener's handle */
  bool is_forgotten;
  int fd; /* libcurl's end of the connection; -1: closed */
  /* of the transfer that the program was started for; NULL: the transfer has ended */
  os2_dial *dial;
  os2_op *process;  /* NULL: not started */
  os2_op *patience; /* the timer of a transfer that waits for the program's end; NULL: none waits */
  size_t len;
  char line[LINE_BYTES];      /* the stderr line that is being read */
  char last_line[LINE_BYTES]; /* the last complete stderr line that was not blank */
} os2_dialed;

static os2_dialed *all;

/* ---- the program ---- */

static void dial_end_line(os2_dialed *d) {
  while (d->len > 0 && d->line[d->len - 1] == ' ') d->len--;
  d->line[d->len] = '\0';
  size_t indent = strspn(d->line, " ");
  if (d->len > 0) memcpy(d->last_line, d->line + indent, d->len - indent + 1);
  d->len = 0;
}

static void dial_keep_line(os2_dialed *d, const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (bytes[i] == '\n')
      dial_end_line(d);
    else if (d->len < LINE_BYTES - 1)
      d->line[d->len++] = iscntrl((unsigned char)bytes[i]) ? ' ' : bytes[i];
}

static void dial_stop_waiting(os2_dialed *d) {
  if (d->patience != NULL) os2_op_close(d->patience);
  d->patience = NULL;
}

static void dial_tell_ended(os2_dialed *d) {
  os2_dial *dial = d->dial;
  dial_stop_waiting(d);
  if (dial == NULL || dial->ended == NULL) return;
  void (*ended)(void *) = dial->ended;
  dial->ended = NULL;
  ended(dial->arg);
}

static void dial_on_patience(os2_op *timer, void *arg) {
  (void)timer;
  dial_tell_ended(arg);
}

static void dial_on_process(os2_op *process, void *arg) {
  os2_dialed *d = arg;
  os2_event *event;
  while ((event = os2_op_take(process)) != NULL) {
    dial_keep_line(d, event->data, event->len);
    free(event);
  }
  if (!process->finished) return;
  dial_end_line(d);
  dial_tell_ended(d);
}

static void dial_start(os2_dialed *d, int fd) {
  /* The program gets a process group of its own: an interrupt at the terminal must not end it,
     because the clean-up of os2 still needs the engine. */
  os2_proc_options options = {.argv = d->dial->argv,
                              .env = d->dial->environment,
                              .in = OS2_STDIO_FD,
                              .out = OS2_STDIO_FD,
                              .err = OS2_STDIO_PIPE,
                              .fd = fd,
                              .in_background = true,
                              .new_group = true};
  d->process = os2_proc_start(d->dial->loop, &options, &d->dial->err);
  if (d->process == NULL) return;
  d->process->is_kept = true;
  d->process->listener = dial_on_process;
  d->process->listener_arg = d;
}

/* ---- its connection ---- */

static void dial_free_forgotten(os2_dialed *d) {
  if (d->is_forgotten && d->is_listener_gone) free(d);
}

static void dial_on_listener_gone(uv_handle_t *handle) {
  os2_dialed *d = handle->data;
  d->is_listener_gone = true;
  dial_free_forgotten(d);
}

/* The libuv handle is closed before the descriptor, whose number may be reused for another
   connection. */
static void dial_stop_listening(os2_dialed *d) {
  if (d->listener_fd < 0) return;
  uv_close((uv_handle_t *)&d->listener, dial_on_listener_gone);
  close(d->listener_fd);
  d->listener_fd = -1;
}

static void dial_forget_unused(os2_dialed *d) {
  if (d->fd >= 0 || d->dial != NULL) return;
  os2_dialed **at = &all;
  while (*at != d) at = &(*at)->next;
  *at = d->next;
  dial_stop_waiting(d);
  if (d->process != NULL) os2_op_close(d->process);
  dial_stop_listening(d);
  d->is_forgotten = true;
  dial_free_forgotten(d);
}

void os2_dial_release(os2_dial *dial) {
  if (dial == NULL) return;
  os2_dialed *d = dial->dialed;
  dial->dialed = NULL;
  dial->ended = NULL;
  if (d == NULL) return;
  d->dial = NULL;
  dial_stop_waiting(d);
  dial_forget_unused(d);
}

/* Returns true when libcurl's own end has connected, because any process on this machine could
   connect to the listener. */
static bool dial_is_own(const os2_dialed *d, int accepted) {
  struct sockaddr_in peer = {0}, own = {0};
  socklen_t peer_len = sizeof peer, own_len = sizeof own;
  return d->fd >= 0 && getpeername(accepted, (struct sockaddr *)&peer, &peer_len) == 0 &&
         getsockname(d->fd, (struct sockaddr *)&own, &own_len) == 0 &&
         peer.sin_port == own.sin_port && peer.sin_addr.s_addr == own.sin_addr.s_addr;
}

/* Gives up after an error of accept, for instance too many open files. A connection would otherwise
   wait at the listener without end; closing the listener closes it, and libcurl notices that. */
static void dial_give_up(os2_dialed *d, int error) {
  if (d->dial != NULL)
    os2_fail_errno(&d->dial->err, error, "no connection for %s", d->dial->argv[0]);
  dial_stop_listening(d);
}

static bool dial_may_pass(int error) {
  return error == EAGAIN || error == EINTR || error == ECONNABORTED;
}

static void dial_on_listener(uv_poll_t *listener, int status, int events) {
  os2_dialed *d = listener->data;
  (void)status;
  (void)events;
  int fd = accept4(d->listener_fd, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) {
    if (!dial_may_pass(errno)) dial_give_up(d, errno);
    return;
  }
  if (dial_is_own(d, fd)) {
    dial_stop_listening(d);
    if (d->dial != NULL) dial_start(d, fd);
  }
  close(fd);
}

/* Listens on a free port of 127.0.0.1. Returns a descriptor, or -1 with errno. */
static int dial_listen_at(struct sockaddr_in *address) {
  socklen_t len = sizeof *address;
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (bind(fd, (struct sockaddr *)address, len) == 0 && listen(fd, SOMAXCONN) == 0 &&
      getsockname(fd, (struct sockaddr *)address, &len) == 0)
    return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

static int dial_add(os2_dial *dial, int fd, int listener_fd) {
  os2_dialed *d = os2_mem_zero(1, sizeof *d);
  *d = (os2_dialed){.next = all, .listener_fd = listener_fd, .fd = fd, .dial = dial};
  int code = uv_poll_init(&dial->loop->uv, &d->listener, listener_fd);
  if (code != 0) {
    free(d);
    return os2_fail_uv(&dial->err, code, "no connection for %s", dial->argv[0]);
  }
  d->listener.data = d;
  uv_poll_start(&d->listener, UV_READABLE, dial_on_listener);
  all = d;
  dial->dialed = d;
  return 0;
}

/* ---- libcurl's side ---- */

static curl_socket_t dial_open_socket(void *arg, curlsocktype purpose,
                                      struct curl_sockaddr *address) {
  os2_dial *dial = arg;
  struct sockaddr_in listener;
  (void)purpose;
  os2_dial_release(dial); /* an earlier program, whose kept connection was found closed */
  int listener_fd = dial_listen_at(&listener);
  int fd = listener_fd < 0 ? -1 : socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) os2_fail_errno(&dial->err, errno, "no connection for %s", dial->argv[0]);
  if (fd >= 0 && dial_add(dial, fd, listener_fd) == 0) {
    address->family = AF_INET;
    address->addrlen = sizeof listener;
    memcpy(&address->addr, &listener, sizeof listener);
    return fd;
  }
  if (fd >= 0) close(fd);
  if (listener_fd >= 0) close(listener_fd);
  return CURL_SOCKET_BAD;
}

static int dial_close_socket(void *arg, curl_socket_t fd) {
  (void)arg;
  os2_dialed *d = all;
  while (d != NULL && d->fd != fd) d = d->next;
  int code = close(fd);
  if (d == NULL) return code;
  d->fd = -1;
  dial_forget_unused(d);
  return code;
}

/* Gives libcurl a unix socket path made of the command, because libcurl reuses kept connections by
   that path. */
static void dial_set_name(CURL *easy, const char *const *argv) {
  char name[64];
  uint64_t hash = 14695981039346656037U; /* FNV-1a */
  for (; *argv != NULL; argv++)
    for (size_t i = 0; i <= strlen(*argv); i++)
      hash = (hash ^ (unsigned char)(*argv)[i]) * 1099511628211U;
  snprintf(name, sizeof name, "program-%016" PRIx64, hash);
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, name);
}

void os2_dial_set(os2_dial *dial, os2_loop *loop, const os2_route *route, CURL *easy) {
  dial->loop = loop;
  dial->argv = route->command;
  dial->environment = route->environment;
  dial_set_name(easy, route->command);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, dial_open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, dial);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, dial_close_socket);
}

/* ---- what went wrong ---- */

static void dial_wait_for_end(os2_dialed *d) {
  d->patience = os2_timer_start(d->dial->loop, PATIENCE_SECONDS);
  d->patience->is_kept = true;
  d->patience->listener = dial_on_patience;
  d->patience->listener_arg = d;
}

bool os2_dial_await(os2_dial *dial, void (*ended)(void *arg), void *arg) {
  os2_dialed *d = dial != NULL ? dial->dialed : NULL;
  if (d == NULL || d->process == NULL || d->process->finished) return false;
  dial->ended = ended;
  dial->arg = arg;
  dial_wait_for_end(d);
  return true;
}

static void dial_explain_end(const os2_dial *dial, const char *said, os2_err *err) {
  os2_proc_status status = os2_proc_status_of(dial->dialed->process);
  if (status.signal != 0)
    os2_fail(err, OS2_UNAVAILABLE, "%s was ended by signal %d: %s", dial->argv[0], status.signal,
             said);
  else if (status.code != 0)
    os2_fail(err, OS2_UNAVAILABLE, "%s ended with exit code %d: %s", dial->argv[0], status.code,
             said);
}

void os2_dial_explain(const os2_dial *dial, os2_err *err) {
  if (dial == NULL) return;
  if (dial->err.kind != OS2_OK) {
    *err = dial->err;
    return;
  }
  const os2_dialed *d = dial->dialed;
  if (d == NULL || d->process == NULL) return;
  const char *said = d->last_line[0] != '\0' ? d->last_line : "it said nothing";
  if (d->process->finished)
    dial_explain_end(dial, said, err);
  else if (err->kind != OS2_OK)
    os2_fail(err, OS2_UNAVAILABLE, "%s hung up and does not end: %s", dial->argv[0], said);
}
