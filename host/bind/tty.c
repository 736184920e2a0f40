/* host.tty: the terminal and the stdin of os2. */
#include <stdlib.h>
#include <unistd.h>

#include "bind/bind.h"
#include "core/base/tty.h"
#include "core/loop/input.h"
#include "core/loop/resize.h"

// tty.set_raw(fd: integer) -> true | nil, err: until tty.restore, or until the process ends
static int tty_l_set_raw(lua_State *L) {
  os2_err err;
  if (os2_tty_set_raw((int)luaL_checkinteger(L, 1), &err) != 0)
    return bind_fail(L, "tty.set_raw", &err);
  lua_pushboolean(L, 1);
  return 1;
}

// tty.restore()
static int tty_l_restore(lua_State *L) {
  (void)L;
  os2_tty_restore();
  return 0;
}

// tty.size(fd: integer) -> rows, columns | nil
static int tty_l_size(lua_State *L) {
  int rows, columns;
  if (!os2_tty_size((int)luaL_checkinteger(L, 1), &rows, &columns)) return 0;
  lua_pushinteger(L, rows);
  lua_pushinteger(L, columns);
  return 2;
}

static int tty_push_bytes(lua_State *L, os2_op *op, const os2_event *event) {
  (void)op;
  lua_pushlstring(L, event->data, event->len);
  return 1;
}

static int tty_push_true(lua_State *L, os2_op *op) {
  (void)op;
  lua_pushboolean(L, 1);
  return 1;
}

static int tty_push_change(lua_State *L, os2_op *op, const os2_event *event) {
  (void)event;
  return tty_push_true(L, op);
}

// input:held(most: integer) -> string: takes what has come already, whole pieces, until there are
// so many bytes; does not wait
static int tty_l_held(lua_State *L) {
  os2_op *op = bind_checkop(L, 1);
  size_t most = (size_t)luaL_checkinteger(L, 2);
  luaL_Buffer held;
  luaL_buffinit(L, &held);
  for (size_t len = 0; op->events != NULL && len < most;) {
    len += op->events->len;
    luaL_addlstring(&held, op->events->data, op->events->len);
    free(os2_op_take(op)); /* only now: the line before may raise */
  }
  luaL_pushresult(&held);
  return 1;
}

static const luaL_Reg input_methods[] = {{"held", tty_l_held}, {NULL, NULL}};

static const bind_op_class input_class = {
    .push_event = tty_push_bytes, .push_result = tty_push_true, .methods = input_methods};

static const bind_op_class size_class = {.push_event = tty_push_change,
                                         .push_result = tty_push_true};

// tty.input(fd: integer) -> op | nil, err: events are pieces of bytes; the result is true at the
// end
static int tty_l_input(lua_State *L) {
  os2_err err;
  int fd = (int)luaL_checkinteger(L, 1);
  bind_opslot *slot = bind_newop(L, &input_class, "input");
  os2_op *op = os2_input_start(os2_loop_get(), fd, &err);
  bind_setop(L, slot, op);
  return op != NULL ? 1 : bind_fail(L, "tty.input", &err);
}

// tty.watch_size() -> op | nil, err: an event (true) when the terminal's size may have changed
static int tty_l_watch_size(lua_State *L) {
  os2_err err;
  bind_opslot *slot = bind_newop(L, &size_class, "terminal size");
  os2_op *op = os2_resize_watch(os2_loop_get(), &err);
  bind_setop(L, slot, op);
  return op != NULL ? 1 : bind_fail(L, "tty.watch_size", &err);
}

static const luaL_Reg functions[] = {
    {"set_raw", tty_l_set_raw}, {"restore", tty_l_restore},       {"size", tty_l_size},
    {"input", tty_l_input},     {"watch_size", tty_l_watch_size}, {NULL, NULL}};

int luaopen_host_tty(lua_State *L);
int luaopen_host_tty(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
