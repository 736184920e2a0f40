/* op: the part of the operations' binding that host.loop needs. */
#ifndef OS2_BIND_OP_H
#define OS2_BIND_OP_H

#include <lua.h>
#include <stdbool.h>

#include "core/loop/op.h"

/* Makes the metatable of operations. May be called again. */
void bind_open_op(lua_State *L);

/* Pushes the userdata of an operation. Returns false and pushes nothing when Lua holds the
   operation no more. */
bool bind_push_op(lua_State *L, os2_op *op);

/* Returns true when the value at index arg is an operation, open or closed. */
bool bind_is_op(lua_State *L, int arg);

/* Says which coroutine runs the task; NULL between tasks. The host calls it at each switch. */
void bind_set_current(lua_State *co);

#endif
