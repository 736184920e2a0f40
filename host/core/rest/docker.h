/* docker: the table of operations of the Docker Engine API. */
#ifndef OS2_CORE_REST_DOCKER_H
#define OS2_CORE_REST_DOCKER_H

#include "core/rest/rest.h"

extern const os2_rest_row os2_docker_rows[];

#endif
