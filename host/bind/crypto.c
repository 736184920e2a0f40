/* host.crypto: what libcrypto does: HMAC-SHA256, and a SHA-256 of what comes in pieces. A long
   input is worth loading it: it uses the processor's own instructions, as libmd does not. */
#include <lauxlib.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "bind/bind.h"

#define DIGEST_TYPE "host.crypto.digest"

typedef struct l_digest {
  EVP_MD_CTX *context;
} l_digest;

static int crypto_fail(lua_State *L) { return luaL_error(L, "libcrypto cannot make a SHA-256"); }

// crypto.hmac_sha256(key: string, data: string) -> 32 bytes
static int crypto_l_hmac_sha256(lua_State *L) {
  size_t key_len, len;
  unsigned char code[EVP_MAX_MD_SIZE];
  unsigned code_len;
  const char *key = luaL_checklstring(L, 1, &key_len);
  const char *data = luaL_checklstring(L, 2, &len);
  luaL_argcheck(L, key_len <= INT_MAX, 1, "the key is too long");
  if (HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)data, len, code, &code_len) ==
      NULL)
    return crypto_fail(L);
  lua_pushlstring(L, (const char *)code, code_len);
  return 1;
}

// crypto.digest() -> digest: a SHA-256 of what comes in pieces
static int crypto_l_digest(lua_State *L) {
  l_digest *digest = bind_newobject(L, sizeof *digest, DIGEST_TYPE, 0);
  digest->context = EVP_MD_CTX_new();
  if (digest->context == NULL || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1)
    return crypto_fail(L);
  return 1;
}

// digest:update(data: string)
static int crypto_l_update(lua_State *L) {
  size_t len;
  l_digest *digest = luaL_checkudata(L, 1, DIGEST_TYPE);
  const char *data = luaL_checklstring(L, 2, &len);
  return EVP_DigestUpdate(digest->context, data, len) == 1 ? 0 : crypto_fail(L);
}

// digest:hex() -> 64 hex digits; nothing can be added any more
static int crypto_l_hex(lua_State *L) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  l_digest *digest = luaL_checkudata(L, 1, DIGEST_TYPE);
  if (EVP_DigestFinal_ex(digest->context, bytes, &len) != 1) return crypto_fail(L);
  bind_push_hex(L, bytes, len);
  return 1;
}

static int crypto_gc(lua_State *L) {
  l_digest *digest = luaL_checkudata(L, 1, DIGEST_TYPE);
  EVP_MD_CTX_free(digest->context);
  digest->context = NULL;
  return 0;
}

static const luaL_Reg methods[] = {
    {"update", crypto_l_update}, {"hex", crypto_l_hex}, {NULL, NULL}};
static const luaL_Reg meta[] = {{"__gc", crypto_gc}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"hmac_sha256", crypto_l_hmac_sha256}, {"digest", crypto_l_digest}, {NULL, NULL}};

int luaopen_host_crypto(lua_State *L);
int luaopen_host_crypto(lua_State *L) {
  bind_newtype(L, DIGEST_TYPE, methods, meta);
  luaL_newlib(L, functions);
  return 1;
}
