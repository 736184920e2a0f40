/* oom_test: bindings under an allocator that fails at the nth call and from then on: whatever n is,
   nothing crashes and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "bind/rest.h"
#include "core/base/mem.h"
#include "core/loop/loop.h"

int luaopen_host_clock(lua_State *L);
int luaopen_host_err(lua_State *L);
int luaopen_host_fs(lua_State *L);
int luaopen_host_json(lua_State *L);
int luaopen_host_loop(lua_State *L);
int luaopen_host_proc(lua_State *L);

/* lua-cjson keeps its buffer outside of Lua and loses it when Lua runs out of memory. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:strbuf_\n"; }

static const os2_rest_row rows[] = {
    {.name = "list", .method = "GET", .path = "/things", .query = "name limit"},
    {.name = "get", .method = "GET", .path = "/things/{id}"},
    {.name = "remove",
     .method = "DELETE",
     .path = "/things/{id:uuid}",
     .permission = "delete:things"},
    {.name = NULL}};

static int open_api(lua_State *L) {
  lua_newtable(L);
  bind_rest(L, rows);
  return 1;
}

static const luaL_Reg modules[] = {{"api", open_api},           {"clock", luaopen_host_clock},
                                   {"err", luaopen_host_err},   {"fs", luaopen_host_fs},
                                   {"json", luaopen_host_json}, {"loop", luaopen_host_loop},
                                   {"proc", luaopen_host_proc}, {NULL, NULL}};

/* Each works on its own: the modules it names are opened before. */
static const char *const chunks[] = {
    "local v = assert(json.decode('{\"a\":[1,2.5,null,\"x\",[]],\"b\":{\"c\":7}}')) assert(v.b.c "
    "== 7)",
    "local v, e = json.decode('{') assert(v == nil and e.kind == 'protocol')",
    "assert(json.encode{a = {1, 'x', {true}}, b = json.array(), c = json.null} ~= '')",
    "assert(not pcall(json.encode, {print}))",
    "assert(api.target('get', {{'id', 'a/b'}}) == '/things/a%2Fb')",
    "assert(api.target('list', {{'name', 'x'}, {'limit', '5'}}) == '/things?name=x&limit=5')",
    "local t, e = api.target('remove', {{'id', 'x'}}) assert(e.kind == 'invalid')",
    "assert(#api.operations() == 3 and api.operation('remove').permission == 'delete:things')",
    "local r, e = fs.realpath('/no/such') assert(e.kind == 'not_found')",
    "local w, e = fs.write_atomic('/no/such/file', 'x', 420) assert(e.kind == 'not_found')",
    "local l, e = fs.try_lock('/no/such/lock') assert(e.kind == 'not_found')",
    "assert(clock.time(clock.utc(0)) == 0)",
    "assert(err.kind_of_errno(2) == 'not_found')",
    "assert(type(proc.environment()) == 'table')",
    "local t = loop.timer(30) assert(tostring(t) ~= '' and not t:is_ready()) t:close()",
    "local p, e = proc.spawn{argv = {'/no/such/program'}, env = {'A=1'}} assert(e.kind == "
    "'not_found')",
};

typedef struct budget {
  long left;
} budget;

static void *allocate(void *arg, void *old, size_t old_size, size_t size) {
  budget *b = arg;
  if (size == 0) {
    free(old);
    return NULL;
  }
  bool is_growth = old == NULL || size > old_size; /* Lua relies on it that shrinking works */
  if (is_growth && b->left-- <= 0) return NULL;
  return realloc(old, size);
}

static void open_named(lua_State *L, const char *chunk) {
  luaL_requiref(L, "_G", luaopen_base, 1);
  for (const luaL_Reg *module = modules; module->name != NULL; module++)
    if (strstr(chunk, module->name) != NULL) luaL_requiref(L, module->name, module->func, 1);
  lua_settop(L, 1);
}

static int run(lua_State *L) {
  const char *chunk = lua_touserdata(L, 1);
  open_named(L, chunk);
  if (luaL_loadstring(L, chunk) != LUA_OK) return lua_error(L);
  lua_call(L, 0, 0);
  return 0;
}

static int attempt(const char *chunk, long allocations) {
  budget b = {.left = allocations};
  lua_State *L = lua_newstate(allocate, &b);
  if (L == NULL) return LUA_ERRMEM;
  lua_pushcfunction(L, run);
  lua_pushlightuserdata(L, os2_mem_unconst(chunk));
  int status = lua_pcall(L, 1, 0, 0);
  b.left = 0; /* what the end of the state runs must do without, too */
  lua_close(L);
  os2_loop_poll(os2_loop_get());
  return status;
}

static void test_every_allocation_may_fail(void **state) {
  (void)state;
  const long most = 20000;
  for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
    long allocations = 0;
    while (allocations < most && attempt(chunks[i], allocations) != LUA_OK) allocations++;
    if (allocations == most) fail_msg("never succeeds: %s", chunks[i]);
    assert_int_equal(os2_loop_count_ops(os2_loop_get()), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation_may_fail)};
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  os2_loop_close(os2_loop_get());
  return failed;
}
