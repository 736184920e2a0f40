/* record_secrets: how secrets look in a text, and where they stand in what is kept on disk. */
#ifndef OS2_BIND_RECORD_SECRETS_H
#define OS2_BIND_RECORD_SECRETS_H

#include <lua.h>

/* Functions of host.record; their signatures stand above them. */
int bind_record_forms(lua_State *L);
int bind_record_found(lua_State *L);
int bind_record_suspects(lua_State *L);
int bind_record_without_queries(lua_State *L);

#endif
