/* host.websocket: WebSocket connections as a client. */

#include "core/websocket/websocket.h"
#include "bind/bind.h"
#include "bind/http_response.h"
#include "bind/route.h"

enum { DATA = 2, TYPE = 3 }; /* stack indices of the arguments of send */

/* ---- what comes ---- */

static int websocket_push_event(lua_State *L, os2_op *op, const os2_event *event) {
  (void)op;
  lua_pushlstring(L, event->data, event->len);
  lua_pushstring(L, event->type == OS2_WS_TEXT ? "text" : "binary");
  return 2;
}

static int websocket_push_result(lua_State *L, os2_op *op) {
  os2_ws_result result = os2_websocket_result(op);
  lua_createtable(L, 0, 3);
  bind_set_integer(L, "code", result.code);
  bind_set_text(L, "reason", result.reason);
  bind_set_boolean(L, "is_clean", result.is_clean);
  return 1;
}

static void websocket_decorate(lua_State *L, os2_op *op) {
  const os2_http_response *answer = os2_websocket_answer(op);
  if (os2_op_error(op)->status == 0) return;
  bind_push_response(L, answer);
  lua_setfield(L, -2, "response");
}

/* ---- methods ---- */

static int websocket_head_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  os2_op *op = bind_checkop(L, 1);
  if (!os2_websocket_is_open(op) && !op->finished) return bind_wait_news(L, websocket_head_k);
  if (!os2_websocket_is_open(op)) {
    lua_pushnil(L);
    return 1;
  }
  bind_push_response(L, os2_websocket_answer(op));
  bind_set_text(L, "protocol", os2_websocket_protocol(op));
  return 1;
}

// op:head() -> {status, headers, protocol?} | nil when the connection ended before it was open
// (waits)
static int websocket_l_head(lua_State *L) { return websocket_head_k(L, LUA_OK, 0); }

static int websocket_send_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  if (os2_websocket_is_full(bind_checkop(L, 1))) return bind_wait_news(L, websocket_send_k);
  lua_pushboolean(L, 1);
  return 1;
}

// op:send(data: string, type?: "text"|"binary") -> true | nil, err
// Waits while the queue is full (back-pressure).
static int websocket_l_send(lua_State *L) {
  static const char *const names[] = {"text", "binary", NULL};
  static const os2_ws_type types[] = {OS2_WS_TEXT, OS2_WS_BINARY};
  os2_err err;
  size_t len;
  const char *data = luaL_checklstring(L, DATA, &len);
  os2_ws_type type = types[luaL_checkoption(L, TYPE, "text", names)];
  if (os2_websocket_send(bind_checkop(L, 1), type, data, len, &err) != 0)
    return bind_fail(L, "websocket.send", &err);
  return websocket_send_k(L, LUA_OK, 0);
}

static int websocket_ping_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 2);
  const os2_op *op = bind_checkop(L, 1);
  os2_err err;
  uint64_t number = (uint64_t)lua_tointeger(L, 2);
  if (os2_websocket_answered(op) >= number) {
    lua_pushboolean(L, 1);
    return 1;
  }
  if (!op->finished) return bind_wait_news(L, websocket_ping_k);
  os2_fail(&err, OS2_UNAVAILABLE, "the WebSocket was closed before the ping was answered");
  return bind_fail(L, "websocket.ping", &err);
}

// op:ping() -> true | nil, err: waits for the pong. Messages that come meanwhile are kept; while
// too many of them are kept, nothing is read.
static int websocket_l_ping(lua_State *L) {
  os2_err err;
  uint64_t number = 0;
  os2_op *op = bind_checkop(L, 1);
  if (os2_websocket_ping(op, &number, &err) != 0) return bind_fail(L, "websocket.ping", &err);
  lua_settop(L, 1);
  lua_pushinteger(L, (lua_Integer)number);
  return websocket_ping_k(L, LUA_OK, 0);
}

static int websocket_close_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  if (!bind_checkop(L, 1)->finished) return bind_wait_news(L, websocket_close_k);
  return bind_result(L);
}

// op:close(): cancels the operation, as any other
// op:close(code: integer, reason?: string) -> {code, reason, is_clean} | nil, err
// Sends a close frame and waits until the server has closed too, for `close_timeout` at most.
static int websocket_l_close(lua_State *L) {
  os2_err err;
  if (lua_isnoneornil(L, 2)) return bind_l_close(L);
  int code = (int)luaL_checkinteger(L, 2);
  const char *reason = lua_isnoneornil(L, 3) ? "" : bind_checktext(L, 3);
  if (os2_websocket_close(bind_checkop(L, 1), code, reason, &err) != 0)
    return bind_fail(L, "websocket.close", &err);
  return websocket_close_k(L, LUA_OK, 0);
}

static const luaL_Reg methods[] = {{"head", websocket_l_head},
                                   {"send", websocket_l_send},
                                   {"ping", websocket_l_ping},
                                   {"close", websocket_l_close},
                                   {NULL, NULL}};

static const bind_op_class websocket_class = {.push_event = websocket_push_event,
                                              .push_result = websocket_push_result,
                                              .decorate = websocket_decorate,
                                              .methods = methods};

/* ---- starting ---- */

static const bind_opt start_opts[] = {{"url", "string"},
                                      {"headers", "table?"},
                                      {"protocols", "table?"},
                                      {"timeout", "number?"},
                                      {"open_timeout", "number"},
                                      {"idle_timeout", "number?"},
                                      {"close_timeout", "number"},
                                      {"max_message", "number"},
                                      {"response_limit", "number"},
                                      {"route", "table?"},
                                      {NULL, NULL}};

static void websocket_read_options(lua_State *L, os2_ws_options *options) {
  bind_opts(L, 1, start_opts);
  lua_settop(L, 1);
  *options = (os2_ws_options){.url = bind_opt_string(L, 1, "url", NULL),
                              .route = bind_opt_route(L, 1),
                              .headers = bind_opt_headers(L, 1, "headers"),
                              .protocols = bind_opt_headers(L, 1, "protocols"),
                              .timeout = bind_opt_number(L, 1, "timeout", 0),
                              .open_timeout = bind_opt_number(L, 1, "open_timeout", 0),
                              .idle_timeout = bind_opt_number(L, 1, "idle_timeout", 0),
                              .close_timeout = bind_opt_number(L, 1, "close_timeout", 0),
                              .max_message = (size_t)bind_opt_size(L, 1, "max_message", 0),
                              .response_limit = (size_t)bind_opt_size(L, 1, "response_limit", 0)};
  luaL_argcheck(L, options->timeout > 0 || options->idle_timeout > 0, 1,
                "a timeout is needed: every wait has a deadline");
}

// websocket.start(options) -> op | nil, err
// The operation's events are messages: data, and "text" or "binary". Its result is {code, reason,
// is_clean}. An error of a refusal has `response`, {status, headers, body}. route: as for
// http.start.
static int websocket_l_start(lua_State *L) {
  os2_err err;
  os2_ws_options options;
  websocket_read_options(L, &options);
  bind_opslot *slot = bind_newop(L, &websocket_class, "websocket");
  os2_op *op = os2_websocket_start(os2_loop_get(), &options, &err);
  bind_setop(L, slot, op);
  return op != NULL ? 1 : bind_fail(L, "websocket", &err);
}

static const luaL_Reg functions[] = {{"start", websocket_l_start}, {NULL, NULL}};

int luaopen_host_websocket(lua_State *L);
int luaopen_host_websocket(lua_State *L) {
  bind_require_http(L);
  luaL_newlib(L, functions);
  return 1;
}
