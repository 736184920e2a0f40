/* route: how a connection reaches a server: through the host of the URL, a unix socket, or a
   program. */
#include "core/http/route.h"

#include "core/base/mem.h"

static const char *const *route_copy_list(const char *const *list) {
  if (list == NULL) return NULL;
  size_t count = 0;
  while (list[count] != NULL) count++;
  const char **copy = os2_mem_zero(count + 1, sizeof *copy);
  for (size_t i = 0; i < count; i++) copy[i] = os2_mem_copy(list[i]);
  return copy;
}

os2_route os2_route_copy(const os2_route *route) {
  return (os2_route){.unix_socket = os2_mem_copy(route->unix_socket),
                     .command = route_copy_list(route->command),
                     .environment = route_copy_list(route->environment),
                     .ca_file = os2_mem_copy(route->ca_file),
                     .cert_file = os2_mem_copy(route->cert_file),
                     .key_file = os2_mem_copy(route->key_file),
                     .is_unverified = route->is_unverified,
                     .is_direct = route->is_direct};
}

static void route_free_list(const char *const *list) {
  for (size_t i = 0; list != NULL && list[i] != NULL; i++) os2_mem_drop(list[i]);
  os2_mem_drop(list);
}

void os2_route_free(os2_route *route) {
  os2_mem_drop(route->unix_socket);
  route_free_list(route->command);
  route_free_list(route->environment);
  os2_mem_drop(route->ca_file);
  os2_mem_drop(route->cert_file);
  os2_mem_drop(route->key_file);
  *route = (os2_route){0};
}
