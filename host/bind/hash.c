/* host.hash: SHA-256. */
#include <sha2.h>

#include "bind/bind.h"

// hash.sha256(data: string) -> 64 hex digits
static int hash_l_sha256(lua_State *L) {
  size_t len;
  unsigned char digest[SHA256_DIGEST_LENGTH];
  const char *data = luaL_checklstring(L, 1, &len);
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, (const uint8_t *)data, len);
  SHA256Final(digest, &context);
  bind_push_hex(L, digest, sizeof digest);
  return 1;
}

static const luaL_Reg functions[] = {{"sha256", hash_l_sha256}, {NULL, NULL}};

int luaopen_host_hash(lua_State *L);
int luaopen_host_hash(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
