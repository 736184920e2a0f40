/* host.http: requests with streaming bodies in and out. */

#include "core/http/http.h"
#include "bind/bind.h"
#include "bind/http_response.h"
#include "bind/route.h"
#include "bind/upgrade.h"
#include "core/http/body_queue.h"
#include "core/http/url.h"

enum { QUEUE_VALUE = 1 }; /* the user value that holds the body queue of a request */

/* ---- the answer ---- */

static int http_push_result(lua_State *L, os2_op *op) {
  bind_push_response(L, os2_http_response_of(op));
  return 1;
}

static void http_decorate(lua_State *L, os2_op *op) {
  bind_set_boolean(L, "is_sent", os2_http_response_of(op)->is_sent);
}

static int http_push_event(lua_State *L, os2_op *op, const os2_event *event) {
  if (event->type == OS2_HTTP_HEAD) return 0;
  (void)op;
  lua_pushlstring(L, event->data, event->len);
  return 1;
}

/* ---- streams ---- */

static int http_head_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  os2_op *op = bind_checkop(L, 1);
  const os2_http_response *response = os2_http_response_of(op);
  if (response->status == 0 && !op->finished) return bind_wait_news(L, http_head_k);
  if (response->status != 0)
    bind_push_response(L, response);
  else
    lua_pushnil(L);
  return 1;
}

// op:head() -> {status, headers} | nil when the operation ended without an answer (waits)
static int http_l_head(lua_State *L) { return http_head_k(L, LUA_OK, 0); }

static os2_body_queue *http_check_queue(lua_State *L) {
  bind_checkop(L, 1);
  lua_getiuservalue(L, 1, QUEUE_VALUE);
  os2_body_queue *queue = lua_touserdata(L, -1);
  lua_pop(L, 1);
  luaL_argcheck(L, queue != NULL, 1, "the request was not started with send = true");
  return queue;
}

static int http_send_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  const os2_op *op = bind_checkop(L, 1);
  if (!op->finished && os2_body_queue_is_full(http_check_queue(L)))
    return bind_wait_news(L, http_send_k);
  lua_pushboolean(L, !op->finished);
  return 1;
}

// op:send(data: string) -> boolean: false when the request has ended
// Waits while the queue is full (back-pressure).
static int http_l_send(lua_State *L) {
  size_t len;
  const char *data = luaL_checklstring(L, 2, &len);
  os2_body_queue *queue = http_check_queue(L);
  if (!bind_checkop(L, 1)->finished) os2_body_queue_push(queue, data, len);
  return http_send_k(L, LUA_OK, 0);
}

// op:send_end(): declares the body complete
static int http_l_send_end(lua_State *L) {
  os2_body_queue *queue = http_check_queue(L);
  if (!bind_checkop(L, 1)->finished) os2_body_queue_end(queue);
  return 0;
}

static const luaL_Reg stream_methods[] = {
    {"head", http_l_head}, {"send", http_l_send}, {"send_end", http_l_send_end}, {NULL, NULL}};

static const bind_op_class request_class = {.push_event = http_push_event,
                                            .push_result = http_push_result,
                                            .decorate = http_decorate,
                                            .methods = stream_methods};

/* ---- starting ---- */

static const bind_opt request_opts[] = {{"method", "string"},
                                        {"url", "string"},
                                        {"headers", "table?"},
                                        {"body", "string?"},
                                        {"send", "boolean?"},
                                        {"send_size", "number?"},
                                        {"mode", "string?"},
                                        {"timeout", "number?"},
                                        {"connect_timeout", "number?"},
                                        {"idle_timeout", "number?"},
                                        {"response_limit", "number"},
                                        {"route", "table?"},
                                        {NULL, NULL}};

static os2_http_mode http_opt_mode(lua_State *L) {
  static const char *const names[] = {"whole", "chunks", "lines", NULL};
  lua_getfield(L, 1, "mode");
  return (os2_http_mode)luaL_checkoption(L, -1, "whole", names);
}

static void http_read_request(lua_State *L, os2_http_request *request) {
  bind_opts(L, 1, request_opts);
  lua_settop(L, 1);
  *request = (os2_http_request){
      .method = bind_opt_word(L, 1, "method", ""),
      .url = bind_opt_string(L, 1, "url", NULL),
      .route = bind_opt_route(L, 1),
      .headers = bind_opt_headers(L, 1, "headers"),
      .mode = http_opt_mode(L),
      .timeout = bind_opt_number(L, 1, "timeout", 0),
      .connect_timeout = bind_opt_number(L, 1, "connect_timeout", 0),
      .idle_timeout = bind_opt_number(L, 1, "idle_timeout", 0),
      .response_limit = (size_t)bind_opt_size(L, 1, "response_limit", 0),
  };
  request->body = bind_opt_string(L, 1, "body", &request->body_len);
  luaL_argcheck(L, request->timeout > 0 || request->idle_timeout > 0, 1,
                "a timeout is needed: every wait has a deadline");
}

/* Starts a request whose body comes from a queue. The userdata of the operation is at the top of
   the stack. */
static int http_start_with_queue(lua_State *L, os2_http_request request, bind_opslot *slot,
                                 os2_err *err) {
  /* read before the queue is made, because it may raise */
  int64_t size = bind_opt_size(L, 1, "send_size", -1);
  os2_body_queue *queue = os2_body_queue_new();
  os2_body source = os2_body_queue_source(queue, size);
  request.source = &source;
  os2_op *op = os2_http_start(os2_loop_get(), &request, err);
  bind_setop(L, slot, op);
  if (op == NULL) return -1;
  os2_body_queue_attach(queue, op);
  lua_pushlightuserdata(L, queue);
  lua_setiuservalue(L, -2, QUEUE_VALUE);
  return 0;
}

static int http_start(lua_State *L, const char *name, os2_err *err) {
  os2_http_request request;
  http_read_request(L, &request);
  bool has_queue = bind_opt_boolean(L, 1, "send");
  bind_opslot *slot = bind_newop(L, &request_class, name);
  if (has_queue) return http_start_with_queue(L, request, slot, err);
  os2_op *op = os2_http_start(os2_loop_get(), &request, err);
  bind_setop(L, slot, op);
  return op != NULL ? 0 : -1;
}

// http.start(options) -> op | nil, err
// The operation streams the body of the answer; its result is {status, headers, ...}. route:
// {unix_socket=?, command=? (argv; the program's stdin and stdout are the connection),
// environment=? (of the command, "NAME=value"), ca_file=?, cert_file=?, key_file=?, unverified=?}
static int http_l_start(lua_State *L) {
  os2_err err;
  if (http_start(L, "http.start", &err) != 0) return bind_fail(L, "http.start", &err);
  return 1;
}

// http.request(options) -> {status, headers, body, elapsed, bytes_sent} | nil, err   (waits)
static int http_l_request(lua_State *L) {
  os2_err err;
  bind_check_may_wait(L, "http.request");
  if (http_start(L, "http.request", &err) != 0) return bind_fail(L, "http.request", &err);
  return bind_await(L);
}

static int http_push_url(lua_State *L, const char *name, char *url, const os2_err *err) {
  if (url == NULL) return bind_fail(L, name, err);
  lua_pushstring(L, url);
  os2_url_free(url);
  return 1;
}

// http.join(base: string, reference: string) -> url | nil, err
static int http_l_join(lua_State *L) {
  os2_err err;
  const char *base = luaL_checkstring(L, 1);
  const char *reference = luaL_checkstring(L, 2);
  return http_push_url(L, "http.join", os2_url_join(base, reference, &err), &err);
}

// http.origin(url: string) -> "scheme://host:port" | nil, err
static int http_l_origin(lua_State *L) {
  os2_err err;
  return http_push_url(L, "http.origin", os2_url_origin(luaL_checkstring(L, 1), &err), &err);
}

static int http_close_client(lua_State *L) {
  (void)L;
  os2_http_close();
  return 0;
}

static const luaL_Reg functions[] = {{"start", http_l_start},        {"request", http_l_request},
                                     {"join", http_l_join},          {"origin", http_l_origin},
                                     {"upgrade", bind_http_upgrade}, {NULL, NULL}};

static const luaL_Reg closer_meta[] = {{"__gc", http_close_client}, {NULL, NULL}};

/* lua_close runs finalizers in the reverse order of creation: those of all requests before this
   one. */
static void http_keep_closer(lua_State *L) {
  bind_newtype(L, "host.http.closer", NULL, closer_meta);
  bind_newobject(L, 1, "host.http.closer", 0);
  luaL_ref(L, LUA_REGISTRYINDEX);
}

int luaopen_host_http(lua_State *L);
int luaopen_host_http(lua_State *L) {
  http_keep_closer(L);
  luaL_newlib(L, functions);
  bind_set_text(L, "version", os2_http_version());
  return 1;
}
