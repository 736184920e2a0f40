/* host.tty: the terminal, the stdin and the stdout of os2. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bind/bind.h"
#include "core/base/tty.h"
#include "core/loop/input.h"
#include "core/loop/output.h"
#include "core/loop/resize.h"
#include "core/loop/writable.h"

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

// tty.is_stdout(file: any) -> boolean: the file of Lua's that stands for stdout, and no other in
// its place
static int tty_l_is_stdout(lua_State *L) {
  const luaL_Stream *file = luaL_testudata(L, 1, LUA_FILEHANDLE);
  lua_pushboolean(L, file != NULL && file->closef != NULL && file->f == stdout);
  return 1;
}

static int tty_fail_write(lua_State *L) {
  os2_err err;
  os2_fail_errno(&err, errno, "stdout takes no more");
  return bind_fail(L, "tty.write", &err);
}

// tty.write(text: string, from: integer) -> integer | nil, err: writes to stdout, from that byte of
// the text on, what it takes at once; returns how many bytes that were
static int tty_l_write(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_Integer from = luaL_checkinteger(L, 2);
  luaL_argcheck(L, from >= 1 && (size_t)from <= len + 1, 2, "out of range");
  size_t at = (size_t)from - 1;
  ssize_t written = os2_output_write(text + at, len - at);
  if (written < 0) return tty_fail_write(L);
  lua_pushinteger(L, written);
  return 1;
}

static const bind_op_class writable_class = {.push_result = tty_push_true};

// tty.writable() -> op | nil, err: the result is true as soon as stdout takes bytes
static int tty_l_writable(lua_State *L) {
  os2_err err;
  bind_opslot *slot = bind_newop(L, &writable_class, "output");
  os2_op *op = os2_writable_start(os2_loop_get(), STDOUT_FILENO, &err);
  bind_setop(L, slot, op);
  return op != NULL ? 1 : bind_fail(L, "tty.writable", &err);
}

static const luaL_Reg functions[] = {
    {"set_raw", tty_l_set_raw},   {"restore", tty_l_restore},       {"size", tty_l_size},
    {"input", tty_l_input},       {"watch_size", tty_l_watch_size}, {"write", tty_l_write},
    {"writable", tty_l_writable}, {"is_stdout", tty_l_is_stdout},   {NULL, NULL}};

int luaopen_host_tty(lua_State *L);
int luaopen_host_tty(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
