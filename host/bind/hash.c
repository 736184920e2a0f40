/* host.hash: SHA-256. */
#include <lauxlib.h>
#include <sha2.h>

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

static const luaL_Reg functions[] = {{"sha256", hash_l_sha256}, {NULL, NULL}};

int luaopen_host_hash(lua_State *L);
int luaopen_host_hash(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
