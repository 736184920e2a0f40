/* host.loop: what the scheduler is built on; not for scripts. */
#include <limits.h>

#include "bind/bind.h"
#include "bind/coroutine.h"
#include "bind/op.h"
#include "core/loop/loop.h"
#include "core/loop/signals.h"
#include "core/loop/timer.h"

static const char interrupt_key = 0; /* registry key: the function that the first signal calls */

// loop.enter(co: thread | nil): names the coroutine that runs a task from now on
static int loop_l_enter(lua_State *L) {
  bind_set_current(lua_tothread(L, 1));
  return 0;
}

// loop.wait() -> boolean: waits until an operation has news; false when no news can come any more
static int loop_l_wait(lua_State *L) {
  lua_pushboolean(L, os2_loop_wait(os2_loop_get()));
  return 1;
}

// loop.poll(): handles pending events without waiting
static int loop_l_poll(lua_State *L) {
  (void)L;
  os2_loop_poll(os2_loop_get());
  return 0;
}

// loop.take() -> op | nil: the oldest operation with news
static int loop_l_take(lua_State *L) {
  os2_op *op;
  while ((op = os2_loop_take_ready(os2_loop_get())) != NULL)
    if (bind_push_op(L, op)) return 1;
  return 0;
}

// loop.signal() -> number | nil: the first signal, if it was not reported yet
static int loop_l_signal(lua_State *L) {
  os2_loop *loop = os2_loop_get();
  if (!loop->signalled) return 0;
  loop->signalled = false;
  lua_pushinteger(L, os2_signals_first());
  return 1;
}

// loop.timer(seconds) -> op: succeeds after that time
static int loop_l_timer(lua_State *L) {
  static const bind_op_class timer_class = {0};
  double seconds = luaL_checknumber(L, 1);
  bind_opslot *slot = bind_newop(L, &timer_class, "task.sleep");
  bind_setop(L, slot, os2_timer_start(os2_loop_get(), seconds));
  return 1;
}

// loop.pending() -> number of operations alive
// Runs one turn of the loop first, in which closed operations are freed.
static int loop_l_pending(lua_State *L) {
  uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
  lua_pushinteger(L, os2_loop_count_ops(os2_loop_get()));
  return 1;
}

// loop.is_operation(value) -> boolean
static int loop_l_is_operation(lua_State *L) {
  lua_pushboolean(L, bind_is_op(L, 1));
  return 1;
}

/* ---- interrupting ---- */

/* A first signal has arrived: every coroutine that runs is interrupted again and again. */
static volatile sig_atomic_t has_signal;
static volatile int patience = 1; /* instructions between two interruptions */
/* As `patience`, for the next interruption only: set when a coroutine that was interrupted may have
   passed control to the one that resumed it; 0: not set. */
static int sooner;

static void loop_interrupt(lua_State *L, lua_Debug *debug);

static void loop_hook_soon(lua_State *co) {
  const int any = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;
  lua_sethook(co, loop_interrupt, any, 1);
}

static void loop_hook_later(lua_State *co, int instructions) {
  lua_sethook(co, loop_interrupt, LUA_MASKCOUNT, instructions);
}

static int loop_count_at(lua_State *L, int index) {
  lua_Integer count = lua_tointeger(L, index);
  return count > 0 && count < INT_MAX ? (int)count : patience;
}

static void loop_ask_again(lua_State *L, int instructions, bool is_told) {
  if (!has_signal) return;
  loop_hook_later(L, instructions);
  if (is_told) sooner = instructions;
}

static void loop_interrupt(lua_State *L, lua_Debug *debug) {
  (void)debug;
  lua_sethook(L, NULL, 0, 0);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &interrupt_key);
  lua_call(L, 0, 2);
  int instructions = loop_count_at(L, -1);
  lua_pop(L, 1);
  bool is_told = !lua_isnil(L, -1) && !lua_isboolean(L, -1);
  if (lua_isboolean(L, -1))
    loop_hook_soon(L);
  else
    loop_ask_again(L, instructions, is_told);
  if (is_told) lua_error(L);
  lua_pop(L, 1);
}

static void loop_on_first_signal(void) {
  lua_State *co = bind_running();
  has_signal = 1;
  if (co != NULL) loop_hook_soon(co);
}

/* The coroutine that resumed an interrupted one may catch the error in its turn, and so may the
   next; therefore each coroutine that continues gets the hook, too. */
static void loop_on_switch(lua_State *co) {
  if (!has_signal) return;
  if (co != NULL && sooner != 0)
    loop_hook_later(co, sooner);
  else if (co != NULL && lua_gethook(co) == NULL)
    loop_hook_later(co, patience);
  sooner = 0;
}

// loop.interrupt(co: thread): calls the function of catch_signals as soon as co continues
static int loop_l_interrupt(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTHREAD);
  loop_hook_soon(lua_tothread(L, 1));
  return 0;
}

// loop.catch_signals(fn, patience: integer, window: number)
// The first SIGINT, SIGTERM or SIGHUP calls fn inside the innermost running coroutine, however busy
// it is, and raises the value that fn returns (nil: nothing is raised; false: fn is called again at
// the next opportunity). Afterwards fn is called again after `patience` instructions of any
// coroutine, or after the number that its second return value gives. Between tasks, loop.signal
// reports the signal. A signal within `window` seconds of the first one counts as the same signal;
// a later one ends the process.
static int loop_l_catch_signals(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_Integer instructions = luaL_checkinteger(L, 2);
  luaL_argcheck(L, instructions > 0 && instructions < INT_MAX, 2, "out of range");
  patience = (int)instructions;
  double window = luaL_checknumber(L, 3);
  lua_settop(L, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &interrupt_key);
  os2_signals_catch(os2_loop_get(), window, loop_on_first_signal);
  return 0;
}

// loop.forget_signal(): the signal that loop.signal reported was handled, and the next one counts
// as the first
static int loop_l_forget_signal(lua_State *L) {
  (void)L;
  has_signal = 0;
  sooner = 0;
  os2_loop_get()->signalled = false;
  os2_signals_forget();
  return 0;
}

// loop.last_words(text: string | nil): the text that a second signal writes to stderr before the
// process ends
static int loop_l_last_words(lua_State *L) {
  os2_signals_set_last_words(luaL_optstring(L, 1, NULL));
  return 0;
}

static const luaL_Reg functions[] = {{"enter", loop_l_enter},
                                     {"wait", loop_l_wait},
                                     {"poll", loop_l_poll},
                                     {"interrupt", loop_l_interrupt},
                                     {"take", loop_l_take},
                                     {"signal", loop_l_signal},
                                     {"forget_signal", loop_l_forget_signal},
                                     {"timer", loop_l_timer},
                                     {"pending", loop_l_pending},
                                     {"is_operation", loop_l_is_operation},
                                     {"catch_signals", loop_l_catch_signals},
                                     {"last_words", loop_l_last_words},
                                     {NULL, NULL}};

int luaopen_host_loop(lua_State *L);
int luaopen_host_loop(lua_State *L) {
  bind_open_op(L);
  bind_open_coroutine(L, loop_on_switch);
  luaL_newlib(L, functions);
  lua_pushfstring(L, "libuv %s", uv_version_string());
  lua_setfield(L, -2, "version");
  return 1;
}
