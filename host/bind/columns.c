/* host.columns: rows of cells as the lines of a table. A list may have many thousand rows, nearly
   all of whose cells are printable ASCII; those need no Lua. */
#include <stdbool.h>
#include <string.h>

#include "bind/bind.h"

/* The arguments, and the row at hand. A buffer of Lua may be used only while nothing lies above it
   on the stack, so that a row has its place below. */
enum { ROWS = 1, WIDTHS, GAP, LINE, ROW };

enum { MOST_CELLS = 32 }; /* of a row; one with more needs Lua */

typedef struct columns_cell {
  const char *text; /* the row holds it */
  size_t len, width;
} columns_cell;

/* The columns that are shown, and what stands between two of them. */
typedef struct columns_table {
  size_t count, widths[MOST_CELLS], gap;
} columns_table;

static bool columns_is_plain(const columns_cell *cell) {
  size_t at = 0;
  while (at < cell->len && cell->text[at] >= ' ' && cell->text[at] <= '~') at++;
  return at == cell->len;
}

/* Reads all cells of the row, also those that are not shown. Returns false when it needs Lua. */
static bool columns_read(lua_State *L, const columns_table *table, columns_cell cells[]) {
  size_t count = lua_rawlen(L, ROW);
  if (count > MOST_CELLS || count < table->count) return false;
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, ROW, (lua_Integer)i + 1);
    bool is_text = lua_type(L, -1) == LUA_TSTRING;
    if (is_text) cells[i].text = lua_tolstring(L, -1, &cells[i].len);
    lua_pop(L, 1);
    if (!is_text || !columns_is_plain(&cells[i])) return false;
  }
  return true;
}

static char *columns_put(char *at, const columns_cell *cell, size_t width) {
  memcpy(at, cell->text, cell->len);
  if (width <= cell->len) return at + cell->len;
  memset(at + cell->len, ' ', width - cell->len);
  return at + width;
}

/* Appends the row without blanks at its end. */
static void columns_add_row(luaL_Buffer *out, const columns_table *table,
                            const columns_cell cells[]) {
  size_t most = 0;
  for (size_t i = 0; i < table->count; i++) most += cells[i].len + table->widths[i] + table->gap;
  char *start = luaL_prepbuffsize(out, most), *at = start;
  for (size_t i = 0; i < table->count; i++) {
    if (i > 0) memset(at, ' ', table->gap);
    at = columns_put(i > 0 ? at + table->gap : at, &cells[i], table->widths[i]);
  }
  while (at > start && at[-1] == ' ') at--;
  luaL_addsize(out, (size_t)(at - start));
}

static void columns_add_line(lua_State *L, luaL_Buffer *out, const columns_table *table) {
  columns_cell cells[MOST_CELLS];
  if (columns_read(L, table, cells)) return columns_add_row(out, table, cells);
  lua_pushvalue(L, LINE);
  lua_pushvalue(L, ROW);
  lua_call(L, 1, 1);
  luaL_addvalue(out);
}

static size_t columns_check_size(lua_State *L, int index) {
  enum { MOST_CELLS_OF_A_COLUMN = 4096 };
  lua_Integer size = luaL_checkinteger(L, index);
  luaL_argcheck(L, size >= 0 && size <= MOST_CELLS_OF_A_COLUMN, WIDTHS, "no width");
  return (size_t)size;
}

static void columns_check(lua_State *L, columns_table *table) {
  luaL_checktype(L, ROWS, LUA_TTABLE);
  luaL_checktype(L, WIDTHS, LUA_TTABLE);
  table->gap = columns_check_size(L, GAP);
  luaL_checktype(L, LINE, LUA_TFUNCTION);
  table->count = lua_rawlen(L, WIDTHS);
  luaL_argcheck(L, table->count <= MOST_CELLS, WIDTHS, "too many columns");
  for (size_t i = 0; i < table->count; i++) {
    lua_rawgeti(L, WIDTHS, (lua_Integer)i + 1);
    table->widths[i] = columns_check_size(L, -1);
    lua_pop(L, 1);
  }
}

// columns.lines(rows: string[][], widths: integer[], gap: integer, line: fun(row): string) ->
// string Each cell is padded to the width of its column; a line ends with what is no blank. `line`
// formats a row with a cell that is no printable ASCII.
static int columns_l_lines(lua_State *L) {
  columns_table table;
  luaL_Buffer out;
  columns_check(L, &table);
  lua_settop(L, ROW);
  lua_Integer count = (lua_Integer)lua_rawlen(L, ROWS);
  luaL_buffinit(L, &out);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, ROWS, i);
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_replace(L, ROW);
    if (i > 1) luaL_addchar(&out, '\n');
    columns_add_line(L, &out, &table);
  }
  luaL_pushresult(&out);
  return 1;
}

static const luaL_Reg functions[] = {{"lines", columns_l_lines}, {NULL, NULL}};

int luaopen_host_columns(lua_State *L);
int luaopen_host_columns(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
