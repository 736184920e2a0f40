/* host.clock: wall and monotonic time, UTC fields, and moments from UTC fields. */
#include "core/base/clock.h"
#include "bind/bind.h"

// clock.now() -> seconds since 1970-01-01T00:00:00Z
static int clock_l_now(lua_State *L) {
  lua_pushnumber(L, os2_clock_now());
  return 1;
}

// clock.monotonic() -> seconds since an arbitrary fixed moment; for durations
static int clock_l_monotonic(lua_State *L) {
  lua_pushnumber(L, os2_clock_monotonic());
  return 1;
}

static int clock_field(lua_State *L, const char *key) {
  int is_integer = 0;
  lua_getfield(L, 1, key);
  lua_Integer value = lua_tointegerx(L, -1, &is_integer);
  lua_pop(L, 1);
  if (!is_integer || value < -1 || value > 100000)
    luaL_argerror(L, 1, lua_pushfstring(L, "field '%s' must be a small integer", key));
  return (int)value;
}

// clock.utc(seconds) -> {year, month, day, hour, min, sec} | nil when the year does not fit
static int clock_l_utc(lua_State *L) {
  os2_utc utc;
  if (!os2_clock_utc(luaL_checknumber(L, 1), &utc)) return 0;
  lua_createtable(L, 0, 6);
  bind_set_integer(L, "year", utc.year);
  bind_set_integer(L, "month", utc.month);
  bind_set_integer(L, "day", utc.day);
  bind_set_integer(L, "hour", utc.hour);
  bind_set_integer(L, "min", utc.min);
  bind_set_integer(L, "sec", utc.sec);
  return 1;
}

// clock.time{year, month, day, hour, min, sec} -> seconds since 1970 | nil when no such time exists
static int clock_l_time(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  os2_utc utc = {.year = clock_field(L, "year"),
                 .month = clock_field(L, "month"),
                 .day = clock_field(L, "day"),
                 .hour = clock_field(L, "hour"),
                 .min = clock_field(L, "min"),
                 .sec = clock_field(L, "sec")};
  int64_t seconds;
  if (!os2_clock_time(&utc, &seconds)) return 0;
  lua_pushinteger(L, seconds);
  return 1;
}

static const luaL_Reg functions[] = {{"now", clock_l_now},
                                     {"monotonic", clock_l_monotonic},
                                     {"utc", clock_l_utc},
                                     {"time", clock_l_time},
                                     {NULL, NULL}};

int luaopen_host_clock(lua_State *L);
int luaopen_host_clock(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
