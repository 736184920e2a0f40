/* host.hmac: HMAC-SHA256. */
#include <lauxlib.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

// hmac.sha256(key: string, data: string) -> 32 bytes
static int hmac_l_sha256(lua_State *L) {
  size_t key_len, len;
  unsigned char code[EVP_MAX_MD_SIZE];
  unsigned code_len;
  const char *key = luaL_checklstring(L, 1, &key_len);
  const char *data = luaL_checklstring(L, 2, &len);
  luaL_argcheck(L, key_len <= INT_MAX, 1, "the key is too long");
  if (HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)data, len, code, &code_len) ==
      NULL)
    return luaL_error(L, "hmac.sha256: libcrypto has no SHA-256");
  lua_pushlstring(L, (const char *)code, code_len);
  return 1;
}

static const luaL_Reg functions[] = {{"sha256", hmac_l_sha256}, {NULL, NULL}};

int luaopen_host_hmac(lua_State *L);
int luaopen_host_hmac(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
