/* host: prepares the Lua state that scripts run in: libraries, built-in modules, search paths. */
#include "host.h"

#include <lauxlib.h>
#include <libgen.h>
#include <limits.h>
#include <lualib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "searcher.h"

int luaopen_host_clock(lua_State *L);
int luaopen_host_columns(lua_State *L);
int luaopen_host_err(lua_State *L);
int luaopen_host_fs(lua_State *L);
int luaopen_host_hash(lua_State *L);
int luaopen_host_json(lua_State *L);
int luaopen_host_loop(lua_State *L);
int luaopen_host_names(lua_State *L);
int luaopen_host_proc(lua_State *L);
int luaopen_host_record(lua_State *L);
int luaopen_host_tty(lua_State *L);

/* The built-in modules. Modules that need a large library are shared objects in lib/os2/host. */
static const luaL_Reg modules[] = {
    {"host.clock", luaopen_host_clock}, {"host.columns", luaopen_host_columns},
    {"host.err", luaopen_host_err},     {"host.fs", luaopen_host_fs},
    {"host.hash", luaopen_host_hash},   {"host.json", luaopen_host_json},
    {"host.loop", luaopen_host_loop},   {"host.names", luaopen_host_names},
    {"host.proc", luaopen_host_proc},   {"host.record", luaopen_host_record},
    {"host.tty", luaopen_host_tty},     {NULL, NULL}};

static void host_preload_modules(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  luaL_setfuncs(L, modules, 0);
  lua_pop(L, 1);
}

static bool host_is_directory(const char *path) {
  struct stat found;
  return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* Pushes the directory that contains share/os2: the install prefix, or the build directory. */
static void host_push_root(lua_State *L) {
  char exe[PATH_MAX];
  ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
  if (len < 0) luaL_error(L, "cannot read /proc/self/exe: os2 does not know where it stands");
  exe[len] = '\0';
  const char *here = dirname(exe);
  const char *beside = lua_pushfstring(L, "%s/share/os2", here);
  lua_pushstring(L, host_is_directory(beside) ? here : dirname(exe));
  lua_remove(L, -2);
}

/* Pushes those entries of a path list that are absolute. */
static void host_push_absolute(lua_State *L, const char *list) {
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  while (*list != '\0') {
    size_t len = strcspn(list, ";");
    if (*list == '/') {
      luaL_addchar(&out, ';');
      luaL_addlstring(&out, list, len);
    }
    list += len + (list[len] == ';');
  }
  luaL_pushresult(&out);
}

static void host_set_search(lua_State *L, const char *field, const char *own) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, field);
  host_push_absolute(L, lua_tostring(L, -1));
  lua_pushfstring(L, "%s%s", own, lua_tostring(L, -1));
  lua_setfield(L, -4, field);
  lua_pop(L, 3);
}

void host_open(lua_State *L) {
  lua_pushboolean(L, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  luaL_openlibs(L);
  host_preload_modules(L);
  host_push_root(L);
  const char *root = lua_tostring(L, -1);
  host_set_search(
      L, "path",
      lua_pushfstring(L, "%s/share/os2/lua/?.lua;%s/share/os2/lua/?/init.lua", root, root));
  host_set_search(L, "cpath", lua_pushfstring(L, "%s/lib/os2/?.so", root));
  lua_getglobal(L, "package");
  host_searcher_open(L, lua_pushfstring(L, "%s/share/os2", root));
  lua_setfield(L, -2, "os2_share");
  lua_settop(L, lua_gettop(L) - 4);
}
