/* upgrade: the part of host.http that turns a request into a connection of another protocol. */
#include "bind/upgrade.h"

#include "bind/bind.h"
#include "bind/http_response.h"
#include "bind/route.h"
#include "core/http/upgrade.h"

static int upgrade_push_event(lua_State *L, os2_op *op, const os2_event *event) {
  static const char *const names[] = {"stdout", "stdout", "stderr", "error"};
  (void)op;
  lua_pushlstring(L, event->data, event->len);
  lua_pushstring(L, names[event->type]);
  return 2;
}

static int upgrade_push_result(lua_State *L, os2_op *op) {
  (void)op;
  lua_pushboolean(L, 1);
  return 1;
}

static void upgrade_decorate(lua_State *L, os2_op *op) {
  if (os2_op_error(op)->status == 0) return;
  bind_push_response(L, os2_upgrade_answer(op));
  lua_setfield(L, -2, "response");
}

static int upgrade_head_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  os2_op *op = bind_checkop(L, 1);
  if (!os2_upgrade_is_open(op) && !op->finished) return bind_wait_news(L, upgrade_head_k);
  if (os2_upgrade_is_open(op))
    bind_push_response(L, os2_upgrade_answer(op));
  else
    lua_pushnil(L);
  return 1;
}

// op:head() -> {status, headers} | nil when the connection ended before it was open (waits)
static int upgrade_l_head(lua_State *L) { return upgrade_head_k(L, LUA_OK, 0); }

static int upgrade_send_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  if (os2_upgrade_is_full(bind_checkop(L, 1))) return bind_wait_news(L, upgrade_send_k);
  lua_pushboolean(L, 1);
  return 1;
}

// op:send(bytes: string) -> true | nil, err: waits while the other side is slow (back-pressure)
static int upgrade_l_send(lua_State *L) {
  os2_err err;
  size_t len;
  const char *bytes = luaL_checklstring(L, 2, &len);
  if (os2_upgrade_send(bind_checkop(L, 1), bytes, len, &err) != 0)
    return bind_fail(L, "upgrade.send", &err);
  return upgrade_send_k(L, LUA_OK, 0);
}

// op:send_end() -> true | nil, err: nothing more is sent; what the other side sends still comes
static int upgrade_l_send_end(lua_State *L) {
  os2_err err;
  if (os2_upgrade_send_end(bind_checkop(L, 1), &err) != 0)
    return bind_fail(L, "upgrade.send_end", &err);
  lua_pushboolean(L, 1);
  return 1;
}

// op:send_from(fd: integer) -> true | nil, err: sends all that comes on a descriptor, then ends the
// sending side; does not wait
static int upgrade_l_send_from(lua_State *L) {
  os2_err err;
  int fd = (int)luaL_checkinteger(L, 2);
  if (os2_upgrade_send_from(bind_checkop(L, 1), fd, &err) != 0)
    return bind_fail(L, "upgrade.send_from", &err);
  lua_pushboolean(L, 1);
  return 1;
}

static const luaL_Reg methods[] = {{"head", upgrade_l_head},
                                   {"send", upgrade_l_send},
                                   {"send_end", upgrade_l_send_end},
                                   {"send_from", upgrade_l_send_from},
                                   {NULL, NULL}};

static const bind_op_class upgrade_class = {.push_event = upgrade_push_event,
                                            .push_result = upgrade_push_result,
                                            .decorate = upgrade_decorate,
                                            .methods = methods};

static const bind_opt start_opts[] = {
    {"url", "string"},          {"method", "string"},         {"protocol", "string"},
    {"body", "string?"},        {"headers", "table?"},        {"timeout", "number"},
    {"open_timeout", "number"}, {"response_limit", "number"}, {"is_framed", "boolean?"},
    {"is_written", "boolean?"}, {"route", "table?"},          {NULL, NULL}};

/* The strings are owned by the option table, and by values that are left on the stack. */
static void upgrade_read_options(lua_State *L, os2_upgrade_options *options) {
  bind_opts(L, 1, start_opts);
  lua_settop(L, 1);
  *options =
      (os2_upgrade_options){.url = bind_opt_string(L, 1, "url", NULL),
                            .method = bind_opt_string(L, 1, "method", NULL),
                            .protocol = bind_opt_string(L, 1, "protocol", NULL),
                            .route = bind_opt_route(L, 1),
                            .headers = bind_opt_headers(L, 1, "headers"),
                            .timeout = bind_opt_number(L, 1, "timeout", 0),
                            .open_timeout = bind_opt_number(L, 1, "open_timeout", 0),
                            .response_limit = (size_t)bind_opt_size(L, 1, "response_limit", 0),
                            .is_framed = bind_opt_boolean(L, 1, "is_framed"),
                            .is_written = bind_opt_boolean(L, 1, "is_written")};
  lua_getfield(L, 1, "body");
  options->body = lua_tolstring(L, -1, &options->body_len);
}

// http.upgrade(options) -> op | nil, err
// The operation's events are pieces of bytes, each with "stdout", "stderr" or "error" when
// is_framed is true. is_written: stdout and stderr are written to those of os2 instead. An error of
// a refusal has `response`, {status, headers, body}. route: as for http.start.
int bind_http_upgrade(lua_State *L) {
  os2_err err;
  os2_upgrade_options options;
  upgrade_read_options(L, &options);
  bind_opslot *slot = bind_newop(L, &upgrade_class, "upgrade");
  os2_op *op = os2_upgrade_start(os2_loop_get(), &options, &err);
  bind_setop(L, slot, op);
  return op != NULL ? 1 : bind_fail(L, "upgrade", &err);
}
