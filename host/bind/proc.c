/* host.proc: child processes: argv, streams, signals, wait. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind/bind.h"
#include "core/loop/proc.h"

/* ---- reading the options ---- */

static os2_stdio proc_opt_stdio(lua_State *L, const char *key) {
  static const char *const names[] = {"null", "pipe", "inherit", NULL};
  lua_getfield(L, 1, key);
  return (os2_stdio)luaL_checkoption(L, -1, "pipe", names);
}

/* ---- the operation ---- */

static int proc_push_event(lua_State *L, os2_op *op, const os2_event *event) {
  (void)op;
  lua_createtable(L, 0, 2);
  bind_set_text(L, "stream", event->type == OS2_PROC_STDOUT ? "stdout" : "stderr");
  bind_set_bytes(L, "data", event->data, event->len);
  return 1;
}

static int proc_push_result(lua_State *L, os2_op *op) {
  os2_proc_status status = os2_proc_status_of(op);
  lua_createtable(L, 0, 2);
  bind_set_integer(L, "code", status.code);
  if (status.signal != 0) {
    bind_set_integer(L, "signal", status.signal);
  }
  return 1;
}

static int proc_write_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  os2_op *op = bind_checkop(L, 1);
  if (!op->finished && os2_proc_is_write_full(op)) return bind_wait_news(L, proc_write_k);
  lua_pushboolean(L, 1);
  return 1;
}

// process:write(data: string) -> true | nil, err
// Waits while the queue for stdin is full (back-pressure).
static int proc_l_write(lua_State *L) {
  size_t len;
  os2_err err;
  os2_op *op = bind_checkop(L, 1);
  const char *data = luaL_checklstring(L, 2, &len);
  if (os2_proc_write(op, data, len, &err) != 0) return bind_fail(L, "proc.write", &err);
  return proc_write_k(L, LUA_OK, 0);
}

// process:close_stdin(): closes stdin once all queued bytes are written
static int proc_l_close_stdin(lua_State *L) {
  os2_proc_close_stdin(bind_checkop(L, 1));
  return 0;
}

// process:kill(signal: integer) -> true | nil, err
static int proc_l_kill(lua_State *L) {
  os2_err err;
  os2_op *op = bind_checkop(L, 1);
  lua_Integer signal = luaL_checkinteger(L, 2);
  luaL_argcheck(L, signal >= 0 && signal < NSIG, 2, "no such signal");
  if (os2_proc_kill(op, (int)signal, &err) != 0) return bind_fail(L, "proc.kill", &err);
  lua_pushboolean(L, 1);
  return 1;
}

// process:pid() -> integer
static int proc_l_pid(lua_State *L) {
  lua_pushinteger(L, os2_proc_status_of(bind_checkop(L, 1)).pid);
  return 1;
}

static const luaL_Reg process_methods[] = {{"write", proc_l_write},
                                           {"close_stdin", proc_l_close_stdin},
                                           {"kill", proc_l_kill},
                                           {"pid", proc_l_pid},
                                           {NULL, NULL}};

static const bind_op_class process_class = {
    .push_event = proc_push_event, .push_result = proc_push_result, .methods = process_methods};

static const bind_opt spawn_opts[] = {
    {"argv", "table"},     {"env", "table?"},      {"cwd", "string?"},
    {"stdin", "string?"},  {"stdout", "string?"},  {"stderr", "string?"},
    {"group", "boolean?"}, {"timeout", "number?"}, {NULL, NULL}};

// proc.spawn{argv=, env=?, cwd=?, stdin=?, stdout=?, stderr=?, group=?, timeout=?} -> process |
// nil, err
// stdin, stdout, stderr: "pipe" (default), "null", "inherit". Events: {stream = "stdout"|"stderr",
// data = bytes}. Result: {code =, signal = ?}. Closing the process kills it.
static int proc_l_spawn(lua_State *L) {
  bind_opts(L, 1, spawn_opts);
  lua_settop(L, 1);
  os2_proc_options options = {.argv = bind_opt_strings(L, 1, "argv"),
                              .env = bind_opt_strings(L, 1, "env")};
  luaL_argcheck(L, options.argv[0] != NULL, 1, "argv must hold a program");
  options.cwd = bind_opt_string(L, 1, "cwd", NULL);
  options.in = proc_opt_stdio(L, "stdin");
  options.out = proc_opt_stdio(L, "stdout");
  options.err = proc_opt_stdio(L, "stderr");
  options.new_group = bind_opt_boolean(L, 1, "group");
  double timeout = bind_opt_number(L, 1, "timeout", 0);
  bind_opslot *slot = bind_newop(L, &process_class, "proc.spawn");
  os2_err err;
  os2_op *op = os2_proc_start(os2_loop_get(), &options, &err);
  if (op == NULL) return bind_fail(L, "proc.spawn", &err);
  bind_setop(L, slot, op);
  if (timeout > 0) os2_op_set_deadline(op, timeout);
  return 1;
}

// proc.environment() -> list of "NAME=value"
static int proc_l_environment(lua_State *L) {
  lua_newtable(L);
  for (lua_Integer i = 0; environ[i] != NULL; i++) {
    lua_pushstring(L, environ[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

// proc.set_variable(name: string, value: string) -> true | nil, err
// Changes the environment of os2 itself, and of the programs that it starts later.
static int proc_l_set_variable(lua_State *L) {
  size_t name_len, value_len;
  const char *name = luaL_checklstring(L, 1, &name_len);
  const char *value = luaL_checklstring(L, 2, &value_len);
  luaL_argcheck(L, strlen(name) == name_len, 1, "a name holds no zero byte");
  luaL_argcheck(L, strlen(value) == value_len, 2, "a value holds no zero byte");
  if (setenv(name, value, 1) != 0) {
    os2_err err;
    os2_fail_errno(&err, errno, "%s cannot be set", name);
    return bind_fail(L, "proc.set_variable", &err);
  }
  lua_pushboolean(L, 1);
  return 1;
}

// proc.pid() -> integer: the pid of os2 itself
static int proc_l_own_pid(lua_State *L) {
  lua_pushinteger(L, getpid());
  return 1;
}

static const luaL_Reg functions[] = {{"spawn", proc_l_spawn},
                                     {"environment", proc_l_environment},
                                     {"set_variable", proc_l_set_variable},
                                     {"pid", proc_l_own_pid},
                                     {NULL, NULL}};

static void proc_add_signal(lua_State *L, const char *name, int number) {
  lua_pushinteger(L, number);
  lua_setfield(L, -2, name);
}

int luaopen_host_proc(lua_State *L);
int luaopen_host_proc(lua_State *L) {
  luaL_newlib(L, functions);
  lua_createtable(L, 0, 4);
  proc_add_signal(L, "HUP", SIGHUP);
  proc_add_signal(L, "INT", SIGINT);
  proc_add_signal(L, "TERM", SIGTERM);
  proc_add_signal(L, "KILL", SIGKILL);
  lua_setfield(L, -2, "signals");
  return 1;
}
