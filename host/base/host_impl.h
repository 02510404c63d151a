/* host_impl.h: what oc_host.impl of every plugin instance begins with: who stands behind its io services.
 * Invariant: borrowed for the life of the instance; a member that is NULL answers OC_E_NOT_SUPPORTED. */
#ifndef BASE_HOST_IMPL_H
#define BASE_HOST_IMPL_H

struct feed;
struct io_venue;

struct host_impl {
    struct feed *feed;      /* of a reader of data */
    struct io_venue *venue; /* of a connector */
};

#endif
