/* host.record: the events of this run, as lines of JSON in memory until Lua takes them. No function
   that records raises or waits. The search for secrets stands in record_secrets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "bind/record_environment.h"
#include "bind/record_json.h"
#include "bind/record_secrets.h"
#include "core/base/clock.h"
#include "core/base/mem.h"

enum { FIRST_SEEN = 64 };

/* There is one record in the process, as there is one run. */
static struct record_state {
  record_buffer buffer;
  double started, flushed, now; /* seconds since 1970 */
  bool is_off, is_busy;
  size_t fact_bytes, run_bytes, buffer_bytes, taken;
  double patience;
  lua_Integer requests, repeated, dropped;
  uint64_t *seen; /* hashes of decisions; 0: free */
  size_t seen_size, seen_count;
  int secrets, on_full; /* references of the registry */
  char *share;
} record_state = {.secrets = LUA_NOREF, .on_full = LUA_NOREF};

/* ---- decisions that were asked before ---- */

static uint64_t record_hash(const char *bytes, size_t len) {
  uint64_t hash = 14695981039346656037u; /* FNV-1a */
  for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
  return hash == 0 ? 1 : hash;
}

static bool record_place(uint64_t *seen, size_t size, uint64_t hash) {
  size_t at = hash & (size - 1);
  while (seen[at] != 0 && seen[at] != hash) at = (at + 1) & (size - 1);
  if (seen[at] == hash) return false;
  seen[at] = hash;
  return true;
}

static void record_grow_seen(struct record_state *state) {
  size_t size = state->seen_size == 0 ? FIRST_SEEN : state->seen_size * 2;
  uint64_t *seen = os2_mem_zero(size, sizeof *seen);
  for (size_t i = 0; i < state->seen_size; i++)
    if (state->seen[i] != 0) record_place(seen, size, state->seen[i]);
  free(state->seen);
  state->seen = seen;
  state->seen_size = size;
}

/* Returns true the first time. */
static bool record_is_new(struct record_state *state, const char *bytes, size_t len) {
  if (state->seen_count * 2 >= state->seen_size) record_grow_seen(state);
  if (!record_place(state->seen, state->seen_size, record_hash(bytes, len))) return false;
  state->seen_count++;
  return true;
}

/* ---- lines ---- */

static bool record_is_full(struct record_state *state) {
  if (state->taken + state->buffer.len < state->run_bytes) return false;
  state->dropped++;
  return true;
}

/* Begins an event. Returns false when nothing is recorded: also for what the recording causes. */
static bool record_begin(struct record_state *state, const char *event) {
  char head[64];
  if (state->is_off || state->is_busy || record_is_full(state)) return false;
  state->is_busy = true;
  double now = state->now = os2_clock_now();
  if (state->started == 0) state->started = state->flushed = now;
  int len = snprintf(head, sizeof head, "{\"event\":\"%.20s\",\"ms\":%lld", event,
                     (long long)((now - state->started) * 1000));
  record_json_put(&state->buffer, head, (size_t)len);
  return true;
}

static void record_end(lua_State *L, struct record_state *state) {
  record_json_put(&state->buffer, "}\n", 2);
  state->is_busy = false;
  bool is_due =
      state->buffer.len > state->buffer_bytes || os2_clock_now() - state->flushed > state->patience;
  if (!is_due || state->on_full == LUA_NOREF) return;
  lua_rawgeti(L, LUA_REGISTRYINDEX, state->on_full);
  if (lua_pcall(L, 0, 0, 0) != LUA_OK) lua_pop(L, 1);
}

/* Pushes the table of secret names; the caller pops it. */
static record_walk record_walk_of(lua_State *L, struct record_state *state) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, state->secrets);
  return (record_walk){.L = L,
                       .buffer = &state->buffer,
                       .secrets = lua_gettop(L),
                       .now = state->now,
                       .longest = state->fact_bytes};
}

static void record_put_part(record_walk *on, const char *key, int index) {
  record_json_put_text(on->buffer, key);
  size_t before = on->buffer->len;
  lua_pushvalue(on->L, index);
  record_json_put_value(on, lua_gettop(on->L), 0);
  record_json_shorten(on, before);
  lua_pop(on->L, 1);
}

static void record_put_facts(record_walk *on, int facts, int env) {
  record_json_put_text(on->buffer, ",\"facts\":");
  if (!lua_istable(on->L, facts)) {
    record_json_put_text(on->buffer, "{}");
    return;
  }
  on->env = env;
  record_json_put_value(on, facts, 0);
  on->env = 0;
}

/* Files of os2's own are named by their path in its tree. */
static void record_put_place(lua_State *L, struct record_state *state, int layer) {
  char line[32];
  lua_getfield(L, layer, "line");
  lua_getfield(L, layer, "file");
  const char *file = lua_tostring(L, -1);
  size_t share = state->share != NULL ? strlen(state->share) : 0;
  if (file == NULL) file = "";
  if (share > 0 && strncmp(file, state->share, share) == 0) file += share;
  record_json_put_text(&state->buffer, ",\"by\":");
  record_json_put_string(&state->buffer, file, strlen(file));
  if (lua_isinteger(L, -2)) {
    state->buffer.len--; /* the closing quote */
    snprintf(line, sizeof line, ":%lld\"", (long long)lua_tointeger(L, -2));
    record_json_put_text(&state->buffer, line);
  }
  lua_pop(L, 2);
}

static void record_put_decision(lua_State *L, struct record_state *state, const char *name) {
  record_walk on = record_walk_of(L, state);
  record_json_put_text(&state->buffer, ",\"name\":");
  record_json_put_string(&state->buffer, name, strlen(name));
  record_put_facts(&on, 3, 4);
  record_put_part(&on, ",\"answer\":", 5);
  if (!lua_isnil(L, 6)) record_put_part(&on, ",\"extra\":", 6);
  lua_pop(L, 1);
}

// record.decision(name: string, layer: table, facts: table?, env: table?, answer: any, extra: any,
// now: number?): records the answer of a policy; `layer` has `file` and `line`, `env` is left out
// of the facts, and `now` is the time that the policy was told
static int record_l_decision(lua_State *L) {
  struct record_state *state = &record_state;
  const char *name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 7);
  size_t before = state->buffer.len;
  if (!record_begin(state, "policy")) return 0;
  size_t from = state->buffer.len;
  record_put_decision(L, state, name);
  if (!record_is_new(state, state->buffer.data + from, state->buffer.len - from)) {
    state->repeated++;
    state->buffer.len = before;
    state->is_busy = false;
    return 0;
  }
  record_put_place(L, state, 2);
  if (lua_isnumber(L, 7))
    record_put_part(&(record_walk){.L = L, .buffer = &state->buffer, .longest = SIZE_MAX},
                    ",\"now\":", 7);
  record_end(L, state);
  return 0;
}

// record.event(name: string, fields: table)
static int record_l_event(lua_State *L) {
  struct record_state *state = &record_state;
  const char *name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  if (strcmp(name, "request") == 0) state->requests++;
  if (!record_begin(state, name)) return 0;
  record_walk on = record_walk_of(L, state);
  record_put_part(&on, ",\"of\":", 2);
  lua_pop(L, 1);
  record_end(L, state);
  return 0;
}

// record.brief(name: string, fields: table, left_out: table<string, true>): an event with the short
// fields alone
static int record_l_brief(lua_State *L) {
  struct record_state *state = &record_state;
  const char *name = luaL_checkstring(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  luaL_checktype(L, 3, LUA_TTABLE);
  if (!record_begin(state, name)) return 0;
  record_walk on = record_walk_of(L, state);
  record_json_put_text(&state->buffer, ",\"of\":");
  record_json_put_brief(&on, 2, 3);
  lua_pop(L, 1);
  record_end(L, state);
  return 0;
}

// record.finish(fields: table): records the end of the run, also when the record is full
static int record_l_finish(lua_State *L) {
  struct record_state *state = &record_state;
  char counts[128];
  luaL_checktype(L, 1, LUA_TTABLE);
  state->run_bytes = SIZE_MAX;
  if (!record_begin(state, "end")) return 0;
  record_walk on = record_walk_of(L, state);
  record_put_part(&on, ",\"of\":", 1);
  lua_pop(L, 1);
  snprintf(counts, sizeof counts, ",\"requests\":%lld,\"repeated\":%lld,\"dropped\":%lld",
           (long long)state->requests, (long long)state->repeated, (long long)state->dropped);
  record_json_put_text(&state->buffer, counts);
  record_json_put_text(&state->buffer, "}\n");
  state->is_busy = false;
  return 0;
}

/* ---- what Lua takes ---- */

// record.start(fields: table, patterns: string[]): puts a line before all others: the fields, the
// names of the variables, and the values of those that match and are not secret
static int record_l_start(lua_State *L) {
  struct record_state *state = &record_state;
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  record_buffer lines = state->buffer;
  state->buffer = (record_buffer){0};
  record_walk on = record_walk_of(L, state);
  record_json_put_text(&state->buffer, "{\"event\":\"start\",\"of\":");
  record_json_put_value(&on, 1, 0);
  record_json_put(&state->buffer, ",", 1);
  record_environment_put(&on, 2);
  record_json_put_text(&state->buffer, "}\n");
  record_json_put(&state->buffer, lines.data, lines.len);
  free(lines.data);
  return 0;
}

// record.length() -> integer: bytes that wait to be taken
static int record_l_length(lua_State *L) {
  lua_pushinteger(L, record_state.is_busy ? 0 : (lua_Integer)record_state.buffer.len);
  return 1;
}

// record.text(value: any, longest: integer) -> string: the JSON that an event has of a value
static int record_l_text(lua_State *L) {
  record_buffer text = {0};
  luaL_checkany(L, 1);
  lua_Integer longest = luaL_checkinteger(L, 2);
  record_walk on = record_walk_of(L, &record_state);
  on.buffer = &text;
  on.longest = (size_t)longest;
  record_put_part(&on, "", 1);
  lua_pushlstring(L, text.data, text.len);
  free(text.data);
  return 1;
}

// record.take() -> string: the lines, which are then no longer kept
static int record_l_take(lua_State *L) {
  struct record_state *state = &record_state;
  lua_pushlstring(L, state->buffer.len > 0 ? state->buffer.data : "", state->buffer.len);
  state->taken += state->buffer.len;
  state->buffer.len = 0;
  state->flushed = os2_clock_now();
  return 1;
}

// record.started() -> number: when the first event was recorded, in seconds since 1970; 0: never
static int record_l_started(lua_State *L) {
  lua_pushnumber(L, record_state.started);
  return 1;
}

// record.pause(is_off: boolean) -> boolean: records nothing, or records again; returns what was
static int record_l_pause(lua_State *L) {
  lua_pushboolean(L, record_state.is_off);
  record_state.is_off = lua_toboolean(L, 1) != 0;
  return 1;
}

// record.limits(fact_bytes: integer, run_bytes: integer)
static int record_l_limits(lua_State *L) {
  record_state.fact_bytes = (size_t)luaL_checkinteger(L, 1);
  record_state.run_bytes = (size_t)luaL_checkinteger(L, 2);
  return 0;
}

static void record_forget(struct record_state *state) {
  free(state->buffer.data);
  free(state->seen);
  free(state->share);
}

// guard:__gc()
static int record_l_forget(lua_State *L) {
  (void)L;
  record_forget(&record_state);
  record_state = (struct record_state){.is_off = true, .secrets = LUA_NOREF, .on_full = LUA_NOREF};
  return 0;
}

/* Frees the record with the Lua state: once, because a guard that is collected ends the record. */
static void record_guard(lua_State *L) {
  static const char key[] = "host.record.guard.object";
  static const luaL_Reg guard_meta[] = {{"__gc", record_l_forget}, {NULL, NULL}};
  bool is_there = lua_getfield(L, LUA_REGISTRYINDEX, key) != LUA_TNIL;
  lua_pop(L, 1);
  if (is_there) return;
  bind_newtype(L, "host.record.guard", guard_meta, guard_meta);
  bind_newobject(L, 1, "host.record.guard", 0);
  lua_setfield(L, LUA_REGISTRYINDEX, key);
}

// record.open(options: {secrets: table, on_full: function, share: string, fact_bytes, run_bytes,
// buffer_bytes, patience}): begins a new record. `secrets` has true for the names of secrets;
// `on_full` is called when more than buffer_bytes wait, or the last take is more than `patience`
// seconds ago.
static int record_l_open(lua_State *L) {
  static const bind_opt options[] = {{"secrets", "table"},    {"on_full", "any"},
                                     {"share", "string"},     {"fact_bytes", "number"},
                                     {"run_bytes", "number"}, {"buffer_bytes", "number"},
                                     {"patience", "number"},  {NULL, NULL}};
  bind_opts(L, 1, options);
  record_guard(L);
  luaL_unref(L, LUA_REGISTRYINDEX, record_state.secrets);
  luaL_unref(L, LUA_REGISTRYINDEX, record_state.on_full);
  record_forget(&record_state);
  lua_getfield(L, 1, "on_full");
  int on_full = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_getfield(L, 1, "secrets");
  int secrets = luaL_ref(L, LUA_REGISTRYINDEX);
  record_state = (struct record_state){
      .secrets = secrets,
      .on_full = on_full,
      .share = os2_mem_copy(bind_opt_string(L, 1, "share", NULL)),
      .fact_bytes = (size_t)bind_opt_size(L, 1, "fact_bytes", 0),
      .run_bytes = (size_t)bind_opt_size(L, 1, "run_bytes", 0),
      .buffer_bytes = (size_t)bind_opt_size(L, 1, "buffer_bytes", 0),
      .patience = bind_opt_number(L, 1, "patience", 0),
  };
  return 0;
}

static const luaL_Reg functions[] = {{"open", record_l_open},
                                     {"decision", record_l_decision},
                                     {"event", record_l_event},
                                     {"brief", record_l_brief},
                                     {"start", record_l_start},
                                     {"finish", record_l_finish},
                                     {"length", record_l_length},
                                     {"text", record_l_text},
                                     {"take", record_l_take},
                                     {"started", record_l_started},
                                     {"pause", record_l_pause},
                                     {"limits", record_l_limits},
                                     {"forms", bind_record_forms},
                                     {"found", bind_record_found},
                                     {"suspects", bind_record_suspects},
                                     {"without_queries", bind_record_without_queries},
                                     {NULL, NULL}};

int luaopen_host_record(lua_State *L);
int luaopen_host_record(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
