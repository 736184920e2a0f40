/* host.fs: atomic writes, appends, advisory locks, real paths: what LuaFileSystem lacks. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind/bind.h"
#include "core/base/fs.h"

#define LOCK_TYPE "host.fs.lock"

typedef struct l_lock {
  bool is_open;
  int fd;
} l_lock;

static mode_t fs_check_mode(lua_State *L, int arg) {
  lua_Integer mode = luaL_checkinteger(L, arg);
  luaL_argcheck(L, mode >= 0 && mode <= 07777, arg, "no mode of a file: 0 to 07777");
  return (mode_t)mode;
}

// fs.write_atomic(path: string, data: string, mode: integer) -> true | nil, err
static int fs_l_write_atomic(lua_State *L) {
  size_t len;
  const char *path = bind_checktext(L, 1);
  const char *data = luaL_checklstring(L, 2, &len);
  mode_t mode = fs_check_mode(L, 3);
  os2_err err;
  if (os2_fs_write_atomic(path, data, len, mode, &err) != 0)
    return bind_fail(L, "fs.write_atomic", &err);
  lua_pushboolean(L, 1);
  return 1;
}

// fs.append(path: string, data: string, mode: integer) -> true | nil, err: with one write
static int fs_l_append(lua_State *L) {
  size_t len;
  const char *path = bind_checktext(L, 1);
  const char *data = luaL_checklstring(L, 2, &len);
  mode_t mode = fs_check_mode(L, 3);
  os2_err err;
  if (os2_fs_append(path, data, len, mode, &err) != 0) return bind_fail(L, "fs.append", &err);
  lua_pushboolean(L, 1);
  return 1;
}

// fs.mkdir(path: string, mode: integer) -> true | nil, err
static int fs_l_mkdir(lua_State *L) {
  const char *path = bind_checktext(L, 1);
  if (mkdir(path, fs_check_mode(L, 2)) != 0) {
    os2_err err;
    os2_fail_errno(&err, errno, "cannot make the directory %s", path);
    return bind_fail(L, "fs.mkdir", &err);
  }
  lua_pushboolean(L, 1);
  return 1;
}

// fs.chmod(path: string, mode: integer) -> true | nil, err
static int fs_l_chmod(lua_State *L) {
  const char *path = bind_checktext(L, 1);
  if (chmod(path, fs_check_mode(L, 2)) != 0) {
    os2_err err;
    os2_fail_errno(&err, errno, "cannot change the mode of %s", path);
    return bind_fail(L, "fs.chmod", &err);
  }
  lua_pushboolean(L, 1);
  return 1;
}

// fs.takes_entries(path: string) -> boolean: files may be created and removed in this directory
static int fs_l_takes_entries(lua_State *L) {
  lua_pushboolean(L, access(bind_checktext(L, 1), W_OK | X_OK) == 0);
  return 1;
}

// fs.try_lock(path: string) -> lock | false when another holder has it | nil, err
static int fs_l_try_lock(lua_State *L) {
  const char *path = bind_checktext(L, 1);
  l_lock *lock = bind_newobject(L, sizeof *lock, LOCK_TYPE, 0);
  os2_err err;
  int fd = os2_fs_try_lock(path, &err);
  if (fd == OS2_FS_HELD) {
    lua_pushboolean(L, 0);
    return 1;
  }
  if (fd < 0) return bind_fail(L, "fs.lock", &err);
  *lock = (l_lock){.is_open = true, .fd = fd};
  return 1;
}

// lock:close()
static int fs_l_lock_close(lua_State *L) {
  l_lock *lock = luaL_checkudata(L, 1, LOCK_TYPE);
  if (lock->is_open) close(lock->fd);
  lock->is_open = false;
  return 0;
}

// fs.realpath(path: string) -> string | nil, err
static int fs_l_realpath(lua_State *L) {
  char real[PATH_MAX];
  const char *path = bind_checktext(L, 1);
  if (realpath(path, real) == NULL) {
    os2_err err;
    os2_fail_errno(&err, errno, "%s", path);
    return bind_fail(L, "fs.realpath", &err);
  }
  lua_pushstring(L, real);
  return 1;
}

// fs.is_terminal(fd: integer) -> boolean
static int fs_l_is_terminal(lua_State *L) {
  lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
  return 1;
}

// fs.has_input(fd: integer) -> boolean: a pipe, socket or file has bytes that can be read at once
static int fs_l_has_input(lua_State *L) {
  lua_pushboolean(L, os2_fs_has_input((int)luaL_checkinteger(L, 1)));
  return 1;
}

// fs.terminal_columns(fd: integer) -> integer | nil: nil when the descriptor is no terminal, or
// when the terminal does not know its width
static int fs_l_terminal_columns(lua_State *L) {
  struct winsize size;
  if (ioctl((int)luaL_checkinteger(L, 1), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 0;
  lua_pushinteger(L, size.ws_col);
  return 1;
}

static const luaL_Reg functions[] = {{"write_atomic", fs_l_write_atomic},
                                     {"append", fs_l_append},
                                     {"mkdir", fs_l_mkdir},
                                     {"chmod", fs_l_chmod},
                                     {"takes_entries", fs_l_takes_entries},
                                     {"try_lock", fs_l_try_lock},
                                     {"realpath", fs_l_realpath},
                                     {"is_terminal", fs_l_is_terminal},
                                     {"has_input", fs_l_has_input},
                                     {"terminal_columns", fs_l_terminal_columns},
                                     {NULL, NULL}};
static const luaL_Reg lock_methods[] = {{"close", fs_l_lock_close}, {NULL, NULL}};
static const luaL_Reg lock_meta[] = {
    {"__gc", fs_l_lock_close}, {"__close", fs_l_lock_close}, {NULL, NULL}};

int luaopen_host_fs(lua_State *L);
int luaopen_host_fs(lua_State *L) {
  bind_newtype(L, LOCK_TYPE, lock_methods, lock_meta);
  luaL_newlib(L, functions);
  return 1;
}
