/* host.hash: SHA-256. */
#include <lauxlib.h>
#include <sha2.h>

#include "bind/bind.h"

static int hash_push_hex(lua_State *L, const unsigned char *bytes, unsigned len) {
  static const char digits[] = "0123456789abcdef";
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  for (unsigned i = 0; i < len; i++) {
    luaL_addchar(&out, digits[bytes[i] >> 4]);
    luaL_addchar(&out, digits[bytes[i] & 15]);
  }
  luaL_pushresult(&out);
  return 1;
}

// hash.sha256(data: string) -> 64 hex digits
static int hash_l_sha256(lua_State *L) {
  size_t len;
  unsigned char digest[SHA256_DIGEST_LENGTH];
  const char *data = luaL_checklstring(L, 1, &len);
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, (const uint8_t *)data, len);
  SHA256Final(digest, &context);
  return hash_push_hex(L, digest, sizeof digest);
}

#define DIGEST_TYPE "host.hash.digest"

// hash.new() -> digest: a SHA-256 of what comes in pieces
static int hash_l_new(lua_State *L) {
  SHA2_CTX *context = bind_newobject(L, sizeof *context, DIGEST_TYPE, 0);
  SHA256Init(context);
  return 1;
}

// digest:update(data: string)
static int hash_l_update(lua_State *L) {
  size_t len;
  SHA2_CTX *context = luaL_checkudata(L, 1, DIGEST_TYPE);
  const char *data = luaL_checklstring(L, 2, &len);
  SHA256Update(context, (const uint8_t *)data, len);
  return 0;
}

// digest:hex() -> 64 hex digits, of all that has come so far
static int hash_l_hex(lua_State *L) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA2_CTX copy = *(SHA2_CTX *)luaL_checkudata(L, 1, DIGEST_TYPE);
  SHA256Final(digest, &copy);
  return hash_push_hex(L, digest, sizeof digest);
}

static const luaL_Reg methods[] = {{"update", hash_l_update}, {"hex", hash_l_hex}, {NULL, NULL}};
static const luaL_Reg meta[] = {{NULL, NULL}};
static const luaL_Reg functions[] = {{"sha256", hash_l_sha256}, {"new", hash_l_new}, {NULL, NULL}};

int luaopen_host_hash(lua_State *L);
int luaopen_host_hash(lua_State *L) {
  bind_newtype(L, DIGEST_TYPE, methods, meta);
  luaL_newlib(L, functions);
  return 1;
}
