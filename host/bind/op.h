/* op: what host.loop needs of the operations' binding. */
#ifndef OS2_BIND_OP_H
#define OS2_BIND_OP_H

#include <lua.h>
#include <stdbool.h>

#include "core/loop/op.h"

/* Makes the type; idempotent. */
void bind_open_op(lua_State *L);

/* Pushes the userdata of an operation; false and nothing when Lua holds it no more. */
bool bind_push_op(lua_State *L, os2_op *op);

/* Whether the value at index arg is an operation, closed or not. */
bool bind_is_op(lua_State *L, int arg);

/* The coroutine of the task that runs now, or NULL between tasks. */
lua_State *bind_current(void);
void bind_set_current(lua_State *co);

#endif
