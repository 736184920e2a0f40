/* coroutine: resume, wrap and close with Lua's behaviour, which also record the running coroutine.
   A signal has to reach the running coroutine, and Lua offers no way to find it. */
#include "bind/coroutine.h"

#include <lauxlib.h>
#include <lualib.h>

static lua_State *volatile running;
static void (*on_switch)(lua_State *co);

lua_State *bind_running(void) { return running; }

static void coroutine_switch_to(lua_State *co) {
  running = co;
  on_switch(co);
}

static int coroutine_fail(lua_State *L, const char *message) {
  lua_pushstring(L, message);
  return -1;
}

static int coroutine_take_results(lua_State *L, lua_State *co, int count) {
  if (!lua_checkstack(L, count + 1)) {
    lua_pop(co, count);
    return coroutine_fail(L, "too many results to resume");
  }
  lua_xmove(co, L, count);
  return count;
}

/* Resumes a coroutine. Returns the number of results, or -1 for an error; the results or the error
   are at the top of the stack. */
static int coroutine_resume(lua_State *L, lua_State *co, int count) {
  int results = 0;
  if (!lua_checkstack(co, count)) return coroutine_fail(L, "too many arguments to resume");
  lua_xmove(L, co, count);
  lua_State *outer = running;
  coroutine_switch_to(co);
  int status = lua_resume(co, L, count, &results);
  coroutine_switch_to(outer);
  if (status == LUA_OK || status == LUA_YIELD) return coroutine_take_results(L, co, results);
  lua_xmove(co, L, 1);
  return -1;
}

static lua_State *coroutine_check_thread(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co != NULL, 1, "thread");
  return co;
}

// coroutine.resume(thread, ...) -> as in Lua
static int coroutine_l_resume(lua_State *L) {
  int count = coroutine_resume(L, coroutine_check_thread(L), lua_gettop(L) - 1);
  lua_pushboolean(L, count >= 0);
  lua_insert(L, count >= 0 ? -count - 1 : -2);
  return count >= 0 ? count + 1 : 2;
}

/* Closes the variables that a failed coroutine has left open. The error is at the top of the stack;
   an error in a __close handler replaces it. */
static void coroutine_close_failed(lua_State *L, lua_State *co) {
  int status = lua_status(co);
  if (status == LUA_OK || status == LUA_YIELD) return;
  lua_pop(L, 1);
  lua_resetthread(co);
  lua_xmove(co, L, 1);
}

static int coroutine_call_wrapped(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  int count = coroutine_resume(L, co, lua_gettop(L));
  if (count >= 0) return count;
  coroutine_close_failed(L, co);
  if (lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

// coroutine.wrap(function) -> as in Lua
static int coroutine_l_wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushcclosure(L, coroutine_call_wrapped, 1);
  return 1;
}

// coroutine.close(thread) -> as in Lua
static int coroutine_l_close(lua_State *L) {
  lua_State *co = coroutine_check_thread(L);
  lua_State *outer = running;
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1)); /* the original function of Lua */
  lua_pushvalue(L, 1);
  coroutine_switch_to(co);
  int status = lua_pcall(L, 1, LUA_MULTRET, 0);
  coroutine_switch_to(outer);
  return status == LUA_OK ? lua_gettop(L) - 1 : lua_error(L);
}

void bind_open_coroutine(lua_State *L, void (*switched)(lua_State *co)) {
  static const luaL_Reg functions[] = {
      {"resume", coroutine_l_resume}, {"wrap", coroutine_l_wrap}, {NULL, NULL}};
  on_switch = switched;
  luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
  luaL_setfuncs(L, functions, 0);
  lua_getfield(L, -1, "close");
  lua_pushcclosure(L, coroutine_l_close, 1);
  lua_setfield(L, -2, "close");
  lua_pop(L, 1);
}
