/* host.edit: the line that a person edits on the terminal. */
#include "core/edit/edit.h"
#include "bind/bind.h"
#include "core/edit/edit_output.h"

static int edit_push_event(lua_State *L, os2_op *op, const os2_event *event) {
  static const char *const names[] = {[OS2_EDIT_LINE] = "line",
                                      [OS2_EDIT_COMPLETE] = "complete",
                                      [OS2_EDIT_INTERRUPT] = "interrupt",
                                      [OS2_EDIT_EOF] = "eof"};
  (void)op;
  lua_pushstring(L, names[event->type]);
  lua_pushlstring(L, event->data, event->len);
  return 2;
}

// edit:begin(prompt: string) -> true | nil, err: begins a new line
static int edit_l_begin(lua_State *L) {
  os2_err err;
  if (os2_edit_begin(bind_checkop(L, 1), bind_checktext(L, 2), &err) != 0)
    return bind_fail(L, "edit.begin", &err);
  lua_pushboolean(L, 1);
  return 1;
}

// edit:insert(text: string): at the cursor
static int edit_l_insert(lua_State *L) {
  os2_edit_insert(bind_checkop(L, 1), bind_checktext(L, 2));
  return 0;
}

// edit:show(text: string): below the edited line
static int edit_l_show(lua_State *L) {
  os2_edit_show(bind_checkop(L, 1), bind_checktext(L, 2));
  return 0;
}

// edit:write(text: string): to the terminal, or above the edited line at the next flush
static int edit_l_write(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 2, &len);
  os2_edit_output_write(text, len);
  return 0;
}

// edit:flush(): writes what was written meanwhile
static int edit_l_flush(lua_State *L) {
  os2_edit_flush(bind_checkop(L, 1));
  return 0;
}

// edit:interrupt(): drops the edited line
static int edit_l_interrupt(lua_State *L) {
  os2_edit_interrupt(bind_checkop(L, 1));
  return 0;
}

// edit:remember(text: string): for the keys Up and ^R
static int edit_l_remember(lua_State *L) {
  os2_edit_remember(bind_checkop(L, 1), bind_checktext(L, 2));
  return 0;
}

static const luaL_Reg edit_methods[] = {
    {"begin", edit_l_begin},         {"insert", edit_l_insert},
    {"show", edit_l_show},           {"flush", edit_l_flush},
    {"interrupt", edit_l_interrupt}, {"remember", edit_l_remember},
    {"write", edit_l_write},         {NULL, NULL}};

static const bind_op_class edit_class = {.push_event = edit_push_event, .methods = edit_methods};

// edit.open() -> op | nil, err: events are "line", text; "complete", text before the cursor;
// "interrupt"; "eof"
static int edit_l_open(lua_State *L) {
  os2_err err;
  bind_opslot *slot = bind_newop(L, &edit_class, "edit");
  os2_op *op = os2_edit_open(os2_loop_get(), &err);
  bind_setop(L, slot, op);
  return op != NULL ? 1 : bind_fail(L, "edit.open", &err);
}

static const luaL_Reg functions[] = {{"open", edit_l_open}, {NULL, NULL}};

int luaopen_host_edit(lua_State *L);
int luaopen_host_edit(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
