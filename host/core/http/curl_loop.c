/* curl_loop: runs libcurl's multi interface on the event loop. */
#include "core/http/curl_loop.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "core/base/mem.h"

typedef struct socket_watch {
  uv_poll_t poll;
  curl_socket_t fd;
} socket_watch;

typedef struct dropped {
  struct dropped *next;
  CURL *easy;
  void (*gone)(void *arg);
  void *arg;
} dropped;

static struct {
  CURLM *multi;
  uv_timer_t timer;
  uv_timer_t soon; /* reports the transfers in `failed` */
  os2_curl_owner *failed;
  int depth;      /* greater than 0 while libcurl or `done` runs: no handle may be removed then */
  dropped *drops; /* handles to remove when `depth` is 0 again */
} client;

static void curl_loop_forget_failure(CURL *easy) {
  os2_curl_owner **at = &client.failed;
  while (*at != NULL && (*at)->failed != easy) at = &(*at)->next_failed;
  if (*at != NULL) *at = (*at)->next_failed;
}

static void curl_loop_remove_now(const dropped *drop) {
  curl_multi_remove_handle(client.multi, drop->easy);
  /* the last calls that libcurl made for this handle may have noted a failure */
  curl_loop_forget_failure(drop->easy);
  curl_easy_cleanup(drop->easy);
  drop->gone(drop->arg);
}

static void curl_loop_sweep(void) {
  while (client.drops != NULL) {
    dropped *drop = client.drops;
    client.drops = drop->next;
    curl_loop_remove_now(drop);
    free(drop);
  }
}

static bool curl_loop_is_dropped(const CURL *easy) {
  for (const dropped *at = client.drops; at != NULL; at = at->next)
    if (at->easy == easy) return true;
  return false;
}

static os2_curl_owner *curl_loop_owner_of(CURL *easy) {
  os2_curl_owner *owner = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
  return owner;
}

static void curl_loop_report(CURL *easy, CURLcode code) {
  os2_curl_owner *owner = curl_loop_owner_of(easy);
  curl_loop_forget_failure(easy);
  if (!owner->is_connect_only) curl_multi_remove_handle(client.multi, easy);
  client.depth++; /* the owner may drop this very transfer */
  owner->done(owner, code);
  client.depth--;
}

static void curl_loop_report_done(void) {
  int left;
  CURLMsg *message;
  while ((message = curl_multi_info_read(client.multi, &left)) != NULL) {
    CURL *easy = message->easy_handle;
    CURLcode code = message->data.result;
    if (message->msg == CURLMSG_DONE && !curl_loop_is_dropped(easy)) curl_loop_report(easy, code);
  }
}

static void curl_loop_act(curl_socket_t fd, int events) {
  int running;
  client.depth++;
  curl_multi_socket_action(client.multi, fd, events, &running);
  client.depth--;
  if (client.depth > 0) return;
  curl_loop_report_done();
  curl_loop_sweep();
}

static void curl_loop_on_timer(uv_timer_t *timer) {
  (void)timer;
  curl_loop_act(CURL_SOCKET_TIMEOUT, 0);
}

static int curl_loop_set_timer(CURLM *multi, long milliseconds, void *arg) {
  (void)multi;
  (void)arg;
  if (milliseconds < 0)
    uv_timer_stop(&client.timer);
  else
    uv_timer_start(&client.timer, curl_loop_on_timer, (uint64_t)milliseconds, 0);
  return 0;
}

static void curl_loop_on_poll(uv_poll_t *poll, int status, int events) {
  /* On an error, libcurl is told that the socket is readable and writable: it then finds the error
     itself, while CURL_CSELECT_ERR would only give the message "poll error". */
  int flags = status < 0 ? CURL_CSELECT_IN | CURL_CSELECT_OUT : 0;
  if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
  if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
  curl_loop_act(((socket_watch *)poll)->fd, flags);
}

static void curl_loop_report_failed(uv_timer_t *timer) {
  (void)timer;
  while (client.failed != NULL) curl_loop_report(client.failed->failed, client.failed->failure);
  curl_loop_sweep();
}

/* Notes a failure that is reported in the next turn of the loop, because the caller may be in the
   middle of other work. */
static void curl_loop_note_failure(CURL *easy, CURLcode code) {
  os2_curl_owner *owner = curl_loop_owner_of(easy);
  if (owner == NULL) return; /* libcurl's own handle */
  curl_loop_forget_failure(easy);
  owner->failed = easy;
  owner->failure = code;
  owner->next_failed = client.failed;
  client.failed = owner;
  uv_timer_start(&client.soon, curl_loop_report_failed, 0, 0);
}

/* ---- descriptors ---- */

/* A child that inherited a connection's descriptor would keep the connection open after os2 has
   closed it. */
static int curl_loop_keep_from_children(void *arg, curl_socket_t fd, curlsocktype purpose) {
  (void)arg;
  (void)purpose;
  return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
}

static bool curl_loop_is_for_children(int fd) {
  int flags = fcntl(fd, F_GETFD);
  return flags >= 0 && !(flags & FD_CLOEXEC);
}

static bool curl_loop_is_local_socket(int fd) {
  int domain = 0;
  socklen_t len = sizeof domain;
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_UNIX;
}

/* libcurl 7.88 makes its own socket pairs (for wake-ups and name lookups) without close-on-exec. It
   reports at most one end of a pair, so the pairs are searched for. */
static void curl_loop_keep_pairs_from_children(void) {
  DIR *all = opendir("/proc/self/fd");
  const struct dirent *found;
  while (all != NULL && (found = readdir(all)) != NULL) {
    int fd = (int)strtol(found->d_name, NULL, 10);
    if (fd > STDERR_FILENO && curl_loop_is_for_children(fd) && curl_loop_is_local_socket(fd))
      fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  if (all != NULL) closedir(all);
}

/* ---- the sockets ---- */

static void curl_loop_free_watch(uv_handle_t *handle) { free(handle); }

static socket_watch *curl_loop_watch(curl_socket_t fd) {
  socket_watch *it = os2_mem_zero(1, sizeof *it);
  it->fd = fd;
  if (curl_loop_is_for_children(fd)) curl_loop_keep_pairs_from_children();
  if (uv_poll_init_socket(client.timer.loop, &it->poll, fd) != 0) {
    free(it);
    return NULL;
  }
  curl_multi_assign(client.multi, fd, it);
  return it;
}

static void curl_loop_unwatch(socket_watch *it) {
  if (it == NULL) return;
  curl_multi_assign(client.multi, it->fd, NULL);
  uv_poll_stop(&it->poll);
  uv_close((uv_handle_t *)&it->poll, curl_loop_free_watch);
}

/* Fails only this transfer; a return value of -1 would make libcurl end all transfers. */
static int curl_loop_fail_unwatched(CURL *easy) {
  curl_loop_note_failure(easy, CURLE_NO_CONNECTION_AVAILABLE);
  return 0;
}

static int curl_loop_set_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
                                void *socket_arg) {
  (void)arg;
  socket_watch *it = socket_arg;
  if (what == CURL_POLL_REMOVE) {
    curl_loop_unwatch(it);
    return 0;
  }
  if (it == NULL && (it = curl_loop_watch(fd)) == NULL) return curl_loop_fail_unwatched(easy);
  int events = 0;
  if (what & CURL_POLL_IN) events |= UV_READABLE;
  if (what & CURL_POLL_OUT) events |= UV_WRITABLE;
  uv_poll_start(&it->poll, events, curl_loop_on_poll);
  return 0;
}

static int curl_loop_open_client(os2_loop *loop, os2_err *err) {
  if (client.multi != NULL) return 0;
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (client.multi = curl_multi_init()) == NULL)
    return os2_fail(err, OS2_INTERNAL, "libcurl does not start");
  curl_loop_keep_pairs_from_children();
  uv_timer_init(&loop->uv, &client.timer);
  uv_timer_init(&loop->uv, &client.soon);
  curl_multi_setopt(client.multi, CURLMOPT_SOCKETFUNCTION, curl_loop_set_socket);
  curl_multi_setopt(client.multi, CURLMOPT_TIMERFUNCTION, curl_loop_set_timer);
  return 0;
}

int os2_curl_add(os2_loop *loop, CURL *easy, os2_curl_owner *owner, os2_err *err) {
  if (curl_loop_open_client(loop, err) != 0) return -1;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, owner);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, curl_loop_keep_from_children);
  CURLMcode code = curl_multi_add_handle(client.multi, easy);
  if (code != CURLM_OK)
    return os2_fail(err, OS2_INTERNAL, "libcurl refused a request: %s", curl_multi_strerror(code));
  return 0;
}

void os2_curl_drop(CURL *easy, void (*gone)(void *arg), void *arg) {
  curl_loop_forget_failure(easy);
  dropped now = {.next = client.drops, .easy = easy, .gone = gone, .arg = arg};
  if (client.depth == 0) {
    curl_loop_remove_now(&now);
    return;
  }
  dropped *later = os2_mem_zero(1, sizeof *later);
  *later = now;
  client.drops = later;
}

void os2_curl_pause(CURL *easy, int bits) {
  client.depth++;
  CURLcode code = curl_easy_pause(easy, bits);
  client.depth--;
  if (code != CURLE_OK && !curl_loop_is_dropped(easy)) curl_loop_note_failure(easy, code);
  if (client.depth == 0) curl_loop_sweep();
}

/* Does not use curl_version: with OpenLDAP in libcurl, that function looks up the name of this
   machine. */
const char *os2_curl_version(void) {
  static char text[128];
  const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
  snprintf(text, sizeof text, "libcurl/%s %s", info->version, info->ssl_version);
  return text;
}

void os2_curl_close(void) {
  if (client.multi == NULL) return;
  curl_multi_cleanup(client.multi);
  client.multi = NULL;
  uv_close((uv_handle_t *)&client.timer, NULL);
  uv_close((uv_handle_t *)&client.soon, NULL);
  curl_global_cleanup();
}
