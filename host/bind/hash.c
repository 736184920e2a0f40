/* host.hash: SHA-256. */
#include <errno.h>
#include <lauxlib.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>

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

/* Without memory for its default context, libcrypto continues without it and crashes, so the
   context is checked first. */
static bool hash_digest_of(const char *data, size_t len, unsigned char *digest,
                           unsigned *digest_len) {
  errno = 0;
  return OSSL_LIB_CTX_get0_global_default() != NULL &&
         EVP_Digest(data, len, digest, digest_len, EVP_sha256(), NULL) == 1;
}

// hash.sha256(data: string) -> 64 hex digits
static int hash_l_sha256(lua_State *L) {
  size_t len;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned digest_len;
  const char *data = luaL_checklstring(L, 1, &len);
  if (!hash_digest_of(data, len, digest, &digest_len))
    return luaL_error(L, "hash.sha256: %s",
                      errno == ENOMEM ? "not enough memory" : "libcrypto refused to hash");
  return hash_push_hex(L, digest, digest_len);
}

static const luaL_Reg functions[] = {{"sha256", hash_l_sha256}, {NULL, NULL}};

int luaopen_host_hash(lua_State *L);
int luaopen_host_hash(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
