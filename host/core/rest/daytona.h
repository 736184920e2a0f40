/* daytona: the tables of operations of the Daytona API and of the toolbox inside a sandbox. */
#ifndef OS2_CORE_REST_DAYTONA_H
#define OS2_CORE_REST_DAYTONA_H

#include "core/rest/rest.h"

extern const os2_rest_row os2_daytona_rows[];
extern const os2_rest_row os2_toolbox_rows[];

#endif
