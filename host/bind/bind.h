/* bind: what every binding shares: types, options, errors, operations, waiting. All functions run
   on the loop thread, in a C function that Lua has called. "Raises" means a Lua error. */
#ifndef OS2_BIND_BIND_H
#define OS2_BIND_BIND_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/loop/op.h"

/* ---- types ---- */

/* Makes the metatable `name` with its metamethods and, as __index, its methods (may be NULL).
   Leaves the stack unchanged. */
void bind_newtype(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *meta);

/* Pushes zeroed userdata with the metatable `name` and `values` user values, and returns its
   address. Lua owns the memory. */
void *bind_newobject(lua_State *L, size_t size, const char *name, int values);

/* ---- fields ---- */

/* Each sets a field of the table on top of the stack. bind_set_text sets nothing for NULL;
   the bytes may be NULL when len is 0. */
void bind_set_text(lua_State *L, const char *key, const char *text);
void bind_set_bytes(lua_State *L, const char *key, const char *bytes, size_t len);
void bind_set_integer(lua_State *L, const char *key, lua_Integer value);
void bind_set_number(lua_State *L, const char *key, double value);
void bind_set_boolean(lua_State *L, const char *key, bool value);

/* ---- arguments ---- */

/* Returns a string argument. Raises when it contains a zero byte, at which C would cut it. The
   string is owned by Lua and valid while it is on the stack. */
const char *bind_checktext(lua_State *L, int arg);

/* ---- options ---- */

/* One key of an option table. type is "string", "number", "boolean", "table" or "any"; a "?" after
   it makes the key optional. An array of options ends with {NULL, NULL}. */
typedef struct bind_opt {
  const char *key;
  const char *type;
} bind_opt;

/* Checks the option table at index arg. Raises at the caller's line for an unknown key, a missing
   key or a wrong type. */
void bind_opts(lua_State *L, int arg, const bind_opt *opts);

/* Readers of one key of the option table at index arg; they return the fallback (NULL, false) when
   the key is absent. A string is owned by the table, and the table is read raw, without
   metamethods. When `len` is NULL, a string with a zero byte raises. */
const char *bind_opt_string(lua_State *L, int arg, const char *key, size_t *len);
/* Reads a string that becomes part of a protocol line. Raises unless every character is an ASCII
   letter or one of `more`. */
const char *bind_opt_word(lua_State *L, int arg, const char *key, const char *more);
double bind_opt_number(lua_State *L, int arg, const char *key, double fallback);
bool bind_opt_boolean(lua_State *L, int arg, const char *key);

/* Reads a number of bytes, at most INT64_MAX. Returns the fallback when the key is absent; raises
   for any negative number other than the fallback. */
int64_t bind_opt_size(lua_State *L, int arg, const char *key, int64_t fallback);

/* Reads a list of strings and returns an array that ends with NULL; NULL when the key is absent.
   Userdata that is left on the stack owns the array, and the list owns the strings. Raises when the
   list contains anything but strings. */
const char *const *bind_opt_strings(lua_State *L, int arg, const char *key);

/* As bind_opt_strings, for "Name: value" lines. Raises for a line break; the message does not quote
   the value, which may be secret. */
const char *const *bind_opt_headers(lua_State *L, int arg, const char *key);

/* ---- errors ---- */

/* Pushes an error object {kind, op, message, status?}. Its metatable is the one that os2.err fills.
   `op` is the verb's name ("docker.build"). */
void bind_push_err(lua_State *L, const char *op, const os2_err *err);

/* Pushes nil and an error object, and returns 2: `return bind_fail(...)` ends a C function. */
int bind_fail(lua_State *L, const char *op, const os2_err *err);

/* Pushes "file:line: " of the innermost Lua line outside of os2's own library, which is the line of
   the misuse. */
void bind_push_place(lua_State *L);

/* ---- operations ---- */

/* How a binding presents its operation to Lua. Any function may be NULL. */
typedef struct bind_op_class {
  /* Pushes the values of one event, the first of which is not nil, and returns their number; or
     pushes nothing and returns 0 to skip the event. Default: the event's data as a string. */
  int (*push_event)(lua_State *L, os2_op *op, const os2_event *event);
  /* Pushes the result of an operation that succeeded and returns the number of values. Default:
     true. */
  int (*push_result)(lua_State *L, os2_op *op);
  /* Adds fields to the error object at the top of the stack. */
  void (*decorate)(lua_State *L, os2_op *op);
  /* Further methods of the operation, ended with {NULL, NULL}. */
  const luaL_Reg *methods;
} bind_op_class;

/* Makes the userdata of an operation (methods next, result, close), which owns the owner's
   reference and drops it when it is closed or collected. `name` ("docker.build") is named in its
   errors and must outlive the Lua state. The userdata is pushed before the operation starts, so
   that a Lua error in between cannot leave an operation without an owner:
     bind_opslot *slot = bind_newop(L, &class, name);
     os2_op *op = start(...);
     bind_setop(L, slot, op);
   When op is NULL, bind_setop does nothing and the userdata stays closed. */
typedef struct bind_opslot bind_opslot;
bind_opslot *bind_newop(lua_State *L, const bind_op_class *class, const char *name);
void bind_setop(lua_State *L, bind_opslot *slot, os2_op *op);

/* Returns the operation at index arg. Raises when it is closed. */
os2_op *bind_checkop(lua_State *L, int arg);

/* The method `close` of every operation: for a class that has one of its own with arguments. */
int bind_l_close(lua_State *L);

/* Raises when the caller cannot wait (outside of a task, or where Lua cannot yield). For verbs that
   start an operation and wait for its end: they call it before they start anything. */
void bind_check_may_wait(lua_State *L, const char *name);

/* Waits until the operation at index 1 finishes, and returns its result, or nil and an error
   object. To be used as `return bind_result(L);`. */
int bind_result(lua_State *L);

/* As bind_result, for the operation at the top of the stack, which no one else has: it is closed at
   its end, because what it holds would stay until Lua's collector runs. */
int bind_await(lua_State *L);

/* Waits until the operation at index 1 has news, then continues in k. To be used by methods as
   `return bind_wait_news(L, k);`. k must first call bind_woken with its own arguments. */
int bind_wait_news(lua_State *L, lua_KFunction k);

/* Raises the cancellation if the scheduler has resumed the coroutine with one. The operation is
   still at index 1. */
void bind_woken(lua_State *L, int status, lua_KContext height);

/* Pushes bytes as text: two hexadecimal digits for each. */
void bind_push_hex(lua_State *L, const unsigned char *bytes, size_t len);

/* Loads host.http before the operations of another module that uses libcurl are made. lua_close
   runs finalizers in the reverse order of creation, and host.http's ends libcurl: it must come
   after those of all operations. */
void bind_require_http(lua_State *L);

#endif
