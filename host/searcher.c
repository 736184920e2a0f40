/* searcher: how Lua files are found and loaded; os2's own without being parsed where they are still
   what they were when os2 was built. */
#include "searcher.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "compiled.h"
#include "dump_name.h"

enum { LUA_SEARCHER = 2 }; /* its place in package.searchers */
enum { PIECES = 4 };

/* The upvalues of the functions. */
enum { SHARE = 1, PACKAGE = 2 };

typedef struct searcher_pieces {
  const char *bytes[PIECES];
  size_t len[PIECES];
  int next;
} searcher_pieces;

static const char *searcher_read(lua_State *L, void *arg, size_t *len) {
  searcher_pieces *pieces = arg;
  (void)L;
  if (pieces->next == PIECES) return NULL;
  *len = pieces->len[pieces->next];
  return pieces->bytes[pieces->next++];
}

/* Leaves the chunk or a message, as luaL_loadfile does. */
static int searcher_load_compiled(lua_State *L, const host_compiled *file, const char *path) {
  char size[HOST_DUMP_SIZE_MAX];
  const char *name = lua_pushfstring(L, "@%s", path);
  const char *head = host_compiled_bytes + file->offset;
  searcher_pieces pieces = {
      .bytes = {head, size, name, head + file->head_len},
      .len = {file->head_len, host_dump_size(size, strlen(name)), strlen(name), file->tail_len}};
  int status = lua_load(L, searcher_read, &pieces, name, "b");
  lua_remove(L, -2);
  return status;
}

/* The name under which a file may have been compiled: its path below share/os2, or that of a
   library below a directory of Lua's own path. Any file may have it: what counts is its content. */
static const char *searcher_compiled_name(lua_State *L, const char *path) {
  size_t len;
  const char *share = lua_tolstring(L, lua_upvalueindex(SHARE), &len);
  if (strncmp(path, share, len) == 0 && path[len] == '/') return path + len + 1;
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

static const host_compiled *searcher_find(lua_State *L, const char *path) {
  return host_compiled_find(searcher_compiled_name(L, path));
}

/* Opens a file that was compiled under that name. Returns -1 for all others: what is not opened can
   still be a pipe. */
static int searcher_open(const host_compiled *file, const char *path) {
  return file != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

/* Leaves the chunk or a message, as luaL_loadfile does. Takes the descriptor of the file, -1 when
   it is not open. Bytecode is loaded from no file, because Lua does not check it. */
static int searcher_load(lua_State *L, const char *path, const host_compiled *file, int fd) {
  bool is_same = fd >= 0 && file != NULL && host_compiled_is_same(file, fd);
  if (fd >= 0) close(fd);
  return is_same ? searcher_load_compiled(L, file, path) : luaL_loadfilex(L, path, "t");
}

/* Gives the chunk at the top other globals, as loadfile does. */
static void searcher_set_globals(lua_State *L, int globals) {
  lua_pushvalue(L, globals);
  lua_setupvalue(L, -2, 1);
}

// chunk.load(path: string, globals: table?) -> function | nil, message
static int searcher_l_load(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  lua_settop(L, 2);
  const host_compiled *file = searcher_find(L, path);
  if (searcher_load(L, path, file, searcher_open(file, path)) != LUA_OK) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  if (!lua_isnil(L, 2)) searcher_set_globals(L, 2);
  return 1;
}

// chunk.is_compiled(path: string) -> boolean: whether it is loaded without being parsed
static int searcher_l_is_compiled(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  const host_compiled *file = searcher_find(L, path);
  int fd = searcher_open(file, path);
  lua_pushboolean(L, fd >= 0 && host_compiled_is_same(file, fd));
  if (fd >= 0) close(fd);
  return 1;
}

/* Pushes what one entry of package.path makes of a module's name. */
static const char *searcher_push_file(lua_State *L, const char *entry, size_t len,
                                      const char *module) {
  lua_pushlstring(L, entry, len);
  const char *file = luaL_gsub(L, lua_tostring(L, -1), LUA_PATH_MARK, module);
  lua_remove(L, -2);
  return file;
}

/* Pushes the path of the file that a module is in and returns its descriptor, or pushes a message
   that lists the files which are not there and returns -1. */
static int searcher_open_module(lua_State *L, const char *module, const char *path) {
  const char *file_part = luaL_gsub(L, module, ".", LUA_DIRSEP);
  int bottom = lua_gettop(L);
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  lua_pushliteral(L, "");
  while (*path != '\0') {
    size_t len = strcspn(path, LUA_PATH_SEP);
    const char *file = searcher_push_file(L, path, len, file_part);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return fd;
    lua_pushfstring(L, "%s%sno file '%s'", lua_tostring(L, bottom + 1),
                    lua_rawlen(L, bottom + 1) > 0 ? "\n\t" : "", file);
    lua_replace(L, bottom + 1);
    lua_settop(L, bottom + 1);
    path += len + (path[len] != '\0');
  }
  return -1;
}

// searcher(module: string) -> loader, path | message
// It takes the place of Lua's own searcher for Lua files, and answers as that does.
static int searcher_l_module(lua_State *L) {
  const char *module = luaL_checkstring(L, 1);
  if (lua_getfield(L, lua_upvalueindex(PACKAGE), "path") != LUA_TSTRING)
    return luaL_error(L, "'package.path' must be a string");
  int fd = searcher_open_module(L, module, lua_tostring(L, -1));
  if (fd < 0) return 1;
  const char *path = lua_tostring(L, -1);
  if (searcher_load(L, path, searcher_find(L, path), fd) != LUA_OK)
    return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s", module, path,
                      lua_tostring(L, -1));
  lua_pushstring(L, path);
  return 2;
}

static const luaL_Reg functions[] = {
    {"load", searcher_l_load}, {"is_compiled", searcher_l_is_compiled}, {NULL, NULL}};

static int searcher_open_chunk(lua_State *L) {
  luaL_newlibtable(L, functions);
  lua_pushvalue(L, lua_upvalueindex(SHARE));
  luaL_setfuncs(L, functions, 1);
  return 1;
}

void host_searcher_open(lua_State *L, const char *share) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushstring(L, share);
  lua_pushcclosure(L, searcher_open_chunk, 1);
  lua_setfield(L, -2, "host.chunk");
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "searchers");
  lua_pushstring(L, share);
  lua_pushvalue(L, -3);
  lua_pushcclosure(L, searcher_l_module, 2);
  lua_rawseti(L, -2, LUA_SEARCHER);
  lua_pop(L, 3);
}
