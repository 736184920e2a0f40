/* wire: a connection that carries bytes in both directions, over any route. */
#include "core/http/wire.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

#include "core/base/mem.h"
#include "core/http/curl_loop.h"
#include "core/http/curl_route.h"

enum { READ_BYTES = 64 * 1024, READ_ROUNDS = 8 };

/* A piece that is being sent. It keeps its address, because TLS must be given the same buffer again
   after a partial write. */
typedef struct outgoing {
  struct outgoing *next;
  size_t len, sent;
  char bytes[];
} outgoing;

struct os2_wire {
  os2_curl_owner owner; /* the first member: an owner is a wire */
  os2_wire_events events;
  void *arg;
  os2_loop *loop;
  CURL *easy;
  uv_poll_t poll;
  os2_route route;
  os2_dial dial;
  os2_err err;
  outgoing *first, **last;
  size_t queued;
  int open;      /* number of parts still open: the easy handle, the poll handle */
  bool has_more; /* reading stopped before the input was empty */
  bool is_connected, is_paused, has_ended, is_closed;
  bool is_ending; /* the sending side ends when the queue is empty */
  char reason[CURL_ERROR_SIZE];
  char input[READ_BYTES];
};

/* ---- the end ---- */

static void wire_drop_first(os2_wire *w) {
  outgoing *out = w->first;
  w->first = out->next;
  if (w->first == NULL) w->last = &w->first;
  explicit_bzero(out->bytes, out->len); /* it may hold a secret */
  free(out);
}

static void wire_free(os2_wire *w) {
  while (w->first != NULL) wire_drop_first(w);
  os2_dial_release(&w->dial);
  os2_route_free(&w->route);
  free(w);
}

static void wire_part_gone(void *arg) {
  os2_wire *w = arg;
  if (--w->open > 0) return;
  w->events.closed(w->arg);
  wire_free(w);
}

static void wire_on_poll_closed(uv_handle_t *poll) { wire_part_gone(poll->data); }

void os2_wire_close(os2_wire *w) {
  if (w->is_closed) return;
  w->is_closed = true;
  os2_dial_release(&w->dial);
  if (w->is_connected) uv_close((uv_handle_t *)&w->poll, wire_on_poll_closed);
  os2_curl_drop(w->easy, wire_part_gone, w);
}

static void wire_tell_end(void *arg) {
  os2_wire *w = arg;
  os2_dial_explain(&w->dial, &w->err);
  w->events.ended(w->arg, &w->err);
}

/* Ends the wire; waits for the end of the route's program, because its last message is the reason
   that matters. */
static void wire_end(os2_wire *w, CURLcode code) {
  if (w->has_ended || w->is_closed) return;
  w->has_ended = true;
  if (w->is_connected) uv_poll_stop(&w->poll);
  if (code != CURLE_OK) os2_curl_fault(w->easy, code, w->reason, true, &w->err);
  if (!os2_dial_await(&w->dial, wire_tell_end, w)) wire_tell_end(w);
}

/* ---- bytes ---- */

static CURLcode wire_write_some(os2_wire *w) {
  CURLcode code = CURLE_OK;
  while (w->first != NULL && code == CURLE_OK) {
    outgoing *out = w->first;
    size_t n = 0;
    code = curl_easy_send(w->easy, out->bytes + out->sent, out->len - out->sent, &n);
    out->sent += n;
    w->queued -= n;
    if (out->sent == out->len) wire_drop_first(w);
  }
  return code == CURLE_AGAIN ? CURLE_OK : code;
}

/* Reads what has arrived, but at most READ_ROUNDS times, so that a deadline is checked also while
   data keeps arriving. */
static CURLcode wire_read_some(os2_wire *w) {
  CURLcode code = CURLE_OK;
  size_t len = 1;
  for (int round = 0; round < READ_ROUNDS && len > 0 && !w->is_paused && !w->is_closed; round++) {
    len = 0;
    code = curl_easy_recv(w->easy, w->input, sizeof w->input, &len);
    if (code != CURLE_OK) len = 0;
    if (len > 0) w->events.received(w->arg, w->input, len);
  }
  w->has_more = len > 0;
  return code;
}

static void wire_on_poll(uv_poll_t *poll, int status, int events);

static void wire_watch(os2_wire *w) {
  if (w->has_ended || w->is_closed) return;
  /* Data that TLS has read from the socket already causes no event. As the socket is nearly always
     writable, waiting for that gives an event in the next turn. */
  bool comes_at_once = w->first != NULL || (w->has_more && !w->is_paused);
  int events = (w->is_paused ? 0 : UV_READABLE) | (comes_at_once ? UV_WRITABLE : 0);
  uv_poll_start(&w->poll, events, wire_on_poll);
}

static void wire_on_readable(os2_wire *w) {
  if (w->is_closed) return;
  CURLcode code = wire_read_some(w);
  if (!w->has_more && code != CURLE_AGAIN) wire_end(w, code);
}

/* The other side takes no more. What it said before that is read first, because it may be the
   reason. */
static void wire_on_deaf(os2_wire *w, CURLcode code) {
  w->is_paused = false;
  do wire_on_readable(w);
  while (w->has_more && !w->is_paused && !w->is_closed);
  wire_end(w, code);
}

static void wire_end_sending(os2_wire *w) {
  curl_socket_t fd = CURL_SOCKET_BAD;
  if (!w->is_ending || w->first != NULL || !w->is_connected || w->has_ended) return;
  w->is_ending = false;
  curl_easy_getinfo(w->easy, CURLINFO_ACTIVESOCKET, &fd);
  shutdown(fd, SHUT_WR);
}

static void wire_on_poll(uv_poll_t *poll, int status, int events) {
  os2_wire *w = poll->data;
  size_t before = w->queued;
  CURLcode code = wire_write_some(w);
  wire_end_sending(w);
  if (w->queued < before && w->events.drained != NULL) w->events.drained(w->arg);
  if (code != CURLE_OK)
    wire_on_deaf(w, code);
  else if (!w->is_paused && (status < 0 || w->has_more || (events & UV_READABLE)))
    wire_on_readable(w);
  wire_watch(w);
}

void os2_wire_send(os2_wire *w, const char *bytes, size_t len) {
  outgoing *out = os2_mem_resize(NULL, sizeof *out + len, 1);
  *out = (outgoing){.len = len};
  memcpy(out->bytes, bytes, len);
  *w->last = out;
  w->last = &out->next;
  w->queued += len;
  if (w->is_connected) wire_watch(w);
}

void os2_wire_send_end(os2_wire *w) {
  w->is_ending = true;
  wire_end_sending(w);
}

size_t os2_wire_queued(const os2_wire *w) { return w->queued; }

void os2_wire_pause(os2_wire *w, bool is_paused) {
  if (w->is_paused == is_paused) return;
  w->is_paused = is_paused;
  w->has_more = true; /* TLS may hold bytes, of which no event tells */
  if (w->is_connected) wire_watch(w);
}

/* ---- start ---- */

static int wire_open_poll(os2_wire *w) {
  curl_socket_t fd = CURL_SOCKET_BAD;
  curl_easy_getinfo(w->easy, CURLINFO_ACTIVESOCKET, &fd);
  int code = uv_poll_init_socket(&w->loop->uv, &w->poll, fd);
  if (code != 0) return os2_fail_uv(&w->err, code, "the connection cannot be watched");
  w->poll.data = w;
  w->is_connected = true;
  w->open++;
  return 0;
}

static void wire_on_connected(os2_curl_owner *owner, CURLcode code) {
  os2_wire *w = (os2_wire *)owner;
  if (w->has_ended || w->is_closed) return;
  if (code != CURLE_OK || wire_open_poll(w) != 0) {
    wire_end(w, code);
    return;
  }
  w->events.connected(w->arg);
  wire_end_sending(w);
  wire_watch(w);
}

static int wire_start(os2_wire *w, const char *url, os2_err *err) {
  curl_easy_setopt(w->easy, CURLOPT_URL, url);
  curl_easy_setopt(w->easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(w->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(w->easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  curl_easy_setopt(w->easy, CURLOPT_ERRORBUFFER, w->reason);
  if (os2_curl_set_route(w->easy, &w->route, &w->dial, w->loop, err) != 0) return -1;
  return os2_curl_add(w->loop, w->easy, &w->owner, err);
}

os2_wire *os2_wire_open(os2_loop *loop, const char *url, const os2_route *route,
                        const os2_wire_events *events, void *arg, os2_err *err) {
  os2_wire *w = os2_mem_zero(1, sizeof *w);
  w->easy = os2_mem_check(curl_easy_init());
  w->owner = (os2_curl_owner){.done = wire_on_connected, .is_connect_only = true};
  w->events = *events;
  w->arg = arg;
  w->loop = loop;
  w->route = os2_route_copy(route);
  w->last = &w->first;
  w->open = 1;
  if (wire_start(w, url, err) == 0) return w;
  curl_easy_cleanup(w->easy);
  wire_free(w);
  return NULL;
}
