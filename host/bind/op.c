/* op: operations as Lua objects: userdata with the methods next, result and close. */
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "bind/op.h"

#define OP_TYPE "host.op"

struct bind_opslot {
  os2_op *op; /* NULL: closed */
  const bind_op_class *class;
  const char *name;
  int waiters; /* number of tasks in bind_wait_news */
  /* the event that is being pushed; owned here so that a Lua error cannot leak it */
  os2_event *event;
};

static const char objects_key = 0; /* registry key: weak table from operation to userdata */

static void op_get_objects(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &objects_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &objects_key);
}

bool bind_push_op(lua_State *L, os2_op *op) {
  op_get_objects(L);
  lua_rawgetp(L, -1, op);
  lua_remove(L, -2);
  if (lua_type(L, -1) == LUA_TUSERDATA) return true;
  lua_pop(L, 1);
  return false;
}

/* ---- making ---- */

bind_opslot *bind_newop(lua_State *L, const bind_op_class *class, const char *name) {
  luaL_checkstack(L, 8, NULL);
  bind_opslot *slot = bind_newobject(L, sizeof *slot, OP_TYPE, 1);
  slot->class = class;
  slot->name = name;
  return slot;
}

void bind_setop(lua_State *L, bind_opslot *slot, os2_op *op) {
  slot->op = op;
  if (op == NULL) return;
  op->owner = slot;
  op_get_objects(L);
  lua_pushvalue(L, -2);
  lua_rawsetp(L, -2, op);
  lua_pop(L, 1);
}

bool bind_is_op(lua_State *L, int arg) { return luaL_testudata(L, arg, OP_TYPE) != NULL; }

static bind_opslot *op_check_slot(lua_State *L, int arg) {
  bind_opslot *slot = luaL_checkudata(L, arg, OP_TYPE);
  luaL_argcheck(L, slot->op != NULL, arg, "the operation is closed");
  return slot;
}

os2_op *bind_checkop(lua_State *L, int arg) { return op_check_slot(L, arg)->op; }

static void op_show(bind_opslot *slot, os2_event *event) {
  free(slot->event);
  slot->event = event;
}

static void op_drop(bind_opslot *slot) {
  os2_op *op = slot->op;
  slot->op = NULL;
  op_show(slot, NULL);
  if (op != NULL) os2_op_close(op);
}

/* ---- waiting ---- */

static lua_State *current; /* the coroutine of the running task */

void bind_set_current(lua_State *co) { current = co; }

/* Returns true when a chunk belongs to os2's own library: its misuse is reported at the caller's
   line. */
static bool op_is_own(lua_State *L, const char *source) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, "package");
  const char *share = NULL;
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, "os2_share");
    share = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
  size_t len = share != NULL ? strlen(share) : 0;
  return len > 0 && strncmp(source + 1, share, len) == 0 &&
         strncmp(source + 1 + len, "/lua/os2/", strlen("/lua/os2/")) == 0;
}

void bind_push_place(lua_State *L) {
  lua_Debug info;
  for (int level = 0; lua_getstack(L, level, &info); level++) {
    lua_getinfo(L, "Sl", &info);
    if (info.currentline < 0 || op_is_own(L, info.source)) continue;
    lua_pushfstring(L, "%s:%d: ", info.short_src, info.currentline);
    return;
  }
  lua_pushliteral(L, "");
}

static int op_refuse_wait(lua_State *L, const char *name, const char *reason) {
  luaL_checkstack(L, 8, NULL);
  bind_push_place(L);
  lua_pushfstring(L, "%s%s %s", lua_tostring(L, -1), name, reason);
  return lua_error(L);
}

void bind_check_may_wait(lua_State *L, const char *name) {
  if (!lua_isyieldable(L))
    op_refuse_wait(L, name,
                   "waits, and nothing can wait here (inside sort, gsub, tostring or require): "
                   "wait first and use the value here");
  if (L != current)
    op_refuse_wait(L, name,
                   "waits on a coroutine that is not the task's own: use task.group and its spawn, "
                   "or a closure as iterator, instead of a coroutine");
}

int bind_wait_news(lua_State *L, lua_KFunction k) {
  bind_opslot *slot = op_check_slot(L, 1);
  bind_check_may_wait(L, slot->name);
  slot->waiters++;
  lua_KContext height = lua_gettop(L);
  lua_pushvalue(L, 1);
  return lua_yieldk(L, 1, height, k);
}

void bind_woken(lua_State *L, int status, lua_KContext height) {
  if (status != LUA_YIELD) return;
  bind_opslot *slot = luaL_checkudata(L, 1, OP_TYPE);
  slot->waiters--;
  if (lua_gettop(L) <= height) return;
  if (slot->waiters == 0) op_drop(slot);
  lua_error(L);
}

/* ---- methods ---- */

static int op_push_event(lua_State *L, bind_opslot *slot) {
  const os2_event *event = slot->event;
  if (slot->class->push_event != NULL) return slot->class->push_event(L, slot->op, event);
  lua_pushlstring(L, event->data, event->len);
  return 1;
}

static int op_push_end(lua_State *L, bind_opslot *slot) {
  os2_op *op = slot->op;
  if (os2_op_error(op)->kind != OS2_OK) {
    bind_fail(L, slot->name, os2_op_error(op));
    if (slot->class->decorate != NULL) slot->class->decorate(L, op);
    return 2;
  }
  if (slot->class->push_result != NULL) return slot->class->push_result(L, op);
  lua_pushboolean(L, 1);
  return 1;
}

static int op_next_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  bind_opslot *slot = op_check_slot(L, 1);
  os2_event *event;
  while ((event = os2_op_take(slot->op)) != NULL) {
    op_show(slot, event);
    int count = op_push_event(L, slot);
    if (count > 0) return count;
  }
  if (!slot->op->finished) return bind_wait_news(L, op_next_k);
  lua_pushnil(L);
  return 1;
}

// op:next() -> event, ... | nil when there are no more (waits)
static int op_l_next(lua_State *L) { return op_next_k(L, LUA_OK, 0); }

static void op_drop_events(bind_opslot *slot) {
  os2_event *event;
  while ((event = os2_op_take(slot->op)) != NULL) free(event);
}

static int op_result_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  bind_opslot *slot = op_check_slot(L, 1);
  op_drop_events(slot);
  if (!slot->op->finished) return bind_wait_news(L, op_result_k);
  return op_push_end(L, slot);
}

// op:result() -> result | nil, err (waits; events that were not taken are dropped)
static int op_l_result(lua_State *L) { return op_result_k(L, LUA_OK, 0); }

int bind_result(lua_State *L) { return op_result_k(L, LUA_OK, 0); }

static int op_await_k(lua_State *L, int status, lua_KContext height) {
  bind_woken(L, status, height);
  lua_settop(L, 1);
  bind_opslot *slot = op_check_slot(L, 1);
  op_drop_events(slot);
  if (!slot->op->finished) return bind_wait_news(L, op_await_k);
  int count = op_push_end(L, slot);
  op_drop(slot);
  return count;
}

int bind_await(lua_State *L) {
  lua_insert(L, 1);
  lua_settop(L, 1);
  return op_await_k(L, LUA_OK, 0);
}

static int op_close_slot(lua_State *L) {
  op_drop(luaL_checkudata(L, 1, OP_TYPE));
  return 0;
}

// op:close(): cancels the operation; tasks that wait for it get a `cancelled` error
int bind_l_close(lua_State *L) {
  bind_opslot *slot = luaL_checkudata(L, 1, OP_TYPE);
  if (slot->op == NULL || slot->waiters == 0) return op_close_slot(L);
  os2_op_cancel(slot->op);
  return 0;
}

// op:is_ready() -> boolean: next and result would return without waiting
static int op_l_is_ready(lua_State *L) {
  bind_opslot *slot = op_check_slot(L, 1);
  lua_pushboolean(L, slot->op->finished || slot->op->events != NULL);
  return 1;
}

// op.KEY -> a method of the operation's class or of all operations | nil
static int op_l_index(lua_State *L) {
  bind_opslot *slot = luaL_checkudata(L, 1, OP_TYPE);
  const char *key = luaL_checkstring(L, 2);
  for (const luaL_Reg *at = slot->class->methods; at != NULL && at->name != NULL; at++)
    if (strcmp(at->name, key) == 0) {
      lua_pushcfunction(L, at->func);
      return 1;
    }
  lua_getfield(L, lua_upvalueindex(1), key);
  return 1;
}

// tostring(op) -> "operation NAME", with " (closed)" behind it after close
static int op_l_tostring(lua_State *L) {
  bind_opslot *slot = luaL_checkudata(L, 1, OP_TYPE);
  lua_pushfstring(L, "operation %s%s", slot->name, slot->op == NULL ? " (closed)" : "");
  return 1;
}

static const luaL_Reg methods[] = {{"next", op_l_next},
                                   {"result", op_l_result},
                                   {"is_ready", op_l_is_ready},
                                   {"close", bind_l_close},
                                   {NULL, NULL}};
static const luaL_Reg meta[] = {{"__gc", op_close_slot},
                                {"__close", bind_l_close},
                                {"__call", op_l_next},
                                {"__tostring", op_l_tostring},
                                {NULL, NULL}};

void bind_open_op(lua_State *L) {
  bind_newtype(L, OP_TYPE, NULL, meta);
  luaL_getmetatable(L, OP_TYPE);
  luaL_newlib(L, methods);
  lua_pushcclosure(L, op_l_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
