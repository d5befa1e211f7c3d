/* Which hosts are this machine. */
#ifndef WORKLOADS_HTTP_HOSTS_H
#define WORKLOADS_HTTP_HOSTS_H

#include "url_list.h"

#include <stdint.h>

/* How many of `requests`, which take the URLs in turn, go to other machines. Names are looked up. */
uint64_t hosts_count_elsewhere(const struct url_list *list, uint64_t requests);

#endif
