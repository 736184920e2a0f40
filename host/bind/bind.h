/* bind: what every binding shares: types, options, errors, operations, waiting. */
#ifndef OS2_BIND_BIND_H
#define OS2_BIND_BIND_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/loop/op.h"

/* ---- types ---- */

/* Makes the metatable `name` with methods (may be NULL) and metamethods; leaves nothing. */
void bind_newtype(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *meta);

/* Pushes zeroed userdata of that type with `values` user values. */
void *bind_newobject(lua_State *L, size_t size, const char *name, int values);

/* ---- arguments ---- */

/* A string argument that C may take as one: raises where a zero byte would cut it. */
const char *bind_checktext(lua_State *L, int arg);

/* ---- options ---- */

/* One key of an option table; type is "string", "number", "boolean", "table" or "any", with a "?"
   behind it when the key may be absent. A table of options ends with {NULL, NULL}. */
typedef struct bind_opt {
  const char *key;
  const char *type;
} bind_opt;

/* Raises at the caller's line for an unknown key, a missing one or a wrong type. */
void bind_opts(lua_State *L, int arg, const bind_opt *opts);

/* Readers of one key of the table at index arg; absent gives the fallback. Strings stay anchored
   by the table, of which metamethods have no say. Without `len` a string must hold no zero byte. */
const char *bind_opt_string(lua_State *L, int arg, const char *key, size_t *len);
/* One that is put into a protocol's line: raises unless it is ASCII letters and what is in
   `more`. */
const char *bind_opt_word(lua_State *L, int arg, const char *key, const char *more);
double bind_opt_number(lua_State *L, int arg, const char *key, double fallback);
bool bind_opt_boolean(lua_State *L, int arg, const char *key);

/* A number of bytes, at most INT64_MAX, or the fallback; raises for any other one below 0. */
int64_t bind_opt_size(lua_State *L, int arg, const char *key, int64_t fallback);

/* A list of strings as an array with NULL behind it, NULL when the key is absent. The array is
   owned by userdata left on the stack, the strings by the list. Raises for anything else in it. */
const char *const *bind_opt_strings(lua_State *L, int arg, const char *key);

/* The same for "Name: value" lines; raises for a line break, without the value: it may be
   secret. */
const char *const *bind_opt_headers(lua_State *L, int arg, const char *key);

/* ---- errors ---- */

/* Pushes an error object {kind, op, message, status?} with the metatable that os2.err fills. */
void bind_push_err(lua_State *L, const char *op, const os2_err *err);

/* Pushes nil and an error object; returns 2. */
int bind_fail(lua_State *L, const char *op, const os2_err *err);

/* Pushes "file:line: " of the innermost Lua line outside of os2's library: whose misuse it is. */
void bind_push_place(lua_State *L);

/* ---- operations ---- */

/* How a binding shows its operation. Any function but name may be NULL. */
typedef struct bind_op_class {
  /* Pushes the value of one event, or nothing to pass over it; returns the number pushed (0 or 1).
     Default: the event's data as a string. */
  int (*push_event)(lua_State *L, os2_op *op, const os2_event *event);
  /* Pushes the result of an operation that went well; returns the number pushed. Default: true. */
  int (*push_result)(lua_State *L, os2_op *op);
  /* Adds fields to the error object on top of the stack. */
  void (*decorate)(lua_State *L, os2_op *op);
  /* Further methods of the operation, ended by {NULL, NULL}. */
  const luaL_Reg *methods;
} bind_op_class;

/* Pushes the userdata of an operation (methods next, result, close) and takes the owner's
   reference. `name` ("docker.build") stands in its errors; it must outlive the state. To leave no
   moment in which nobody owns the operation, the place is made first:
     bind_opslot *slot = bind_newop(L, &class, name);
     os2_op *op = start(...);
     bind_setop(L, slot, op);            (NULL: nothing; the slot stays closed) */
typedef struct bind_opslot bind_opslot;
bind_opslot *bind_newop(lua_State *L, const bind_op_class *class, const char *name);
void bind_setop(lua_State *L, bind_opslot *slot, os2_op *op);

/* The operation in argument arg; raises when it is closed. */
os2_op *bind_checkop(lua_State *L, int arg);

/* Raises where a wait cannot be; for verbs that start something and wait for its end, so that
   nothing is started in vain. */
void bind_check_may_wait(lua_State *L, const char *name);

/* Waits for the end of the operation on top of the stack and returns what a verb returns: its
   result, or nil and an error. To be used as `return bind_await(L);`. */
int bind_await(lua_State *L);

/* Waits until the operation at index 1 has news, then goes on in k. To be used as
   `return bind_wait_news(L, k);` by methods; k begins with bind_woken, with its own arguments. */
int bind_wait_news(lua_State *L, lua_KFunction k);

/* Raises the cancellation that the scheduler resumed us with, if any; the operation is still at
   index 1. */
void bind_woken(lua_State *L, int status, lua_KContext height);

#endif
